#include "projections/projector.h"

#include <algorithm>
#include <utility>

namespace tally::projections {

namespace {

constexpr Duration kIdle = milliseconds(250);
constexpr Duration kWhileSomebodyWaits = milliseconds(5);
constexpr Duration kAfterAFault = seconds(1);

}  // namespace

Projector::Projector(Projection& projection, ProjectorWorld world, ProjectorOptions options)
    : projection_(projection),
      world_(std::move(world)),
      options_(options),
      save_due_(options.save_every) {}

void Projector::tell(Error const& error, bool& told) const {
  if (!std::exchange(told, true) && world_.fault) world_.fault(error);
}

// The ledger's directory may have been exchanged for a copy that went on otherwise: where the last
// event that was folded is the ledger's, those before it are its own, too.
Result<void> Projector::load() {
  TRY(point, load_projection_file(world_.disk, projection_, world_.ledger));
  if (point.cursor > world_.size()) return fail("foreign", "the ledger has fewer events");
  bool same = false;
  TRY_VOID(world_.each(point.cursor - 1, [&](codec::Entry const& entry) -> Result<bool> {
    same = entry.leaf_hash == point.last_leaf;
    as_of_ = entry.recorded.header.at;
    return false;
  }));
  if (!same) return fail("foreign", "the projection is of another history");
  cursor_ = saved_ = point.cursor;
  last_leaf_ = point.last_leaf;
  return {};
}

void Projector::begin() {
  begun_ = true;
  auto const loaded = load();
  save_due_ = cursor_ + options_.save_every;
  if (loaded) return;
  projection_.clear();
  as_of_.reset();
  std::string const& code = loaded.error().code;
  if (code == "absent" || code == "other_version") return;
  bool told = false;
  tell(loaded.error(), told);
}

Result<void> Projector::fold() {
  std::int64_t left = options_.events_a_step;
  auto const take = [&](codec::Entry const& entry) -> Result<bool> {
    projection_.apply(entry);
    cursor_ = entry.recorded.header.seq + 1;
    as_of_ = entry.recorded.header.at;
    last_leaf_ = entry.leaf_hash;
    return --left > 0;
  };
  TRY_VOID(world_.each(cursor_, take));
  return {};
}

void Projector::save() {
  if (cursor_ == saved_) return;
  save_due_ = cursor_ + options_.save_every;
  auto const written =
      write_projection_file(world_.disk, projection_,
                            {.ledger = world_.ledger, .cursor = cursor_, .last_leaf = last_leaf_});
  if (!written) return tell(written.error(), save_told_);
  saved_ = cursor_;
  save_told_ = false;
}

Duration Projector::step() {
  if (!begun_) begin();
  Duration const now = world_.clock.monotonic();
  bool more = false;
  if (cursor_ < world_.size() && now >= fold_due_) {
    auto const folded = fold();
    failing_ = !folded;
    if (failing_) {
      tell(folded.error(), fold_told_);
      fold_due_ = now + kAfterAFault;
    } else {
      fold_told_ = false;
    }
    more = !failing_ && cursor_ < world_.size();
  }
  shared_.with([&](Shared& shared) {
    shared.failing = failing_;
    shared.cursor = cursor_;
    shared.as_of = as_of_;
  });
  auto const due = release();
  if (cursor_ >= save_due_) save();
  if (more) return Duration(0);
  if (!due) return kIdle;
  return std::clamp(*due - now, Duration(1), kWhileSomebodyWaits);
}

std::optional<Duration> Projector::release() {
  Duration const now = world_.clock.monotonic();
  std::vector<Waiting> ready;
  auto const due = shared_.with([&](Shared& shared) {
    auto const waits = [&](Waiting const& one) {
      return one.seq >= shared.cursor && one.due > now;
    };
    auto const first = std::stable_partition(shared.waiting.begin(), shared.waiting.end(), waits);
    std::move(first, shared.waiting.end(), std::back_inserter(ready));
    shared.waiting.erase(first, shared.waiting.end());
    std::optional<Duration> next;
    for (Waiting const& one : shared.waiting) next = std::min(next.value_or(one.due), one.due);
    return next;
  });
  for (Waiting const& one : ready) one.then();
  return due;
}

Standing Projector::standing() const {
  std::int64_t const size = world_.size();
  return shared_.with([&](Shared const& shared) {
    Standing standing{.events = shared.cursor,
                      .as_of = shared.as_of,
                      .lag_events = std::max<std::int64_t>(size - shared.cursor, 0),
                      .health = Health::current};
    if (standing.lag_events > options_.lag_events_max) standing.health = Health::behind;
    if (shared.failing) standing.health = Health::unknown;
    return standing;
  });
}

void Projector::when(std::int64_t seq, Duration most, std::function<void()> then) {
  Duration const due = world_.clock.monotonic() + most;
  bool const waits = shared_.with([&](Shared& shared) {
    if (seq < shared.cursor || most <= Duration(0) || shared.waiting.size() >= kWaitingMax)
      return false;
    shared.waiting.push_back({.seq = seq, .due = due, .then = std::move(then)});
    return true;
  });
  if (!waits) return then();
  if (world_.wake) world_.wake();
}

}  // namespace tally::projections
