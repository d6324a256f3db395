#include "ledger/open.h"

#include <fmt/format.h>

#include <future>
#include <utility>

namespace tally::ledger {

namespace {

// A snapshot is of events that were acknowledged, so a ledger that has fewer has lost some.
Result<LogAtStart> open_log(OpenWorld const& world, std::uint64_t trusted_seq) {
  auto opened = world.open_log(trusted_seq);
  if (opened || trusted_seq == 0) return opened;
  std::string const& code = opened.error().code;
  if (code != "ledger_absent" && code != "ledger_rolled_back") return opened;
  return fail("ledger_rolled_back",
              fmt::format("{} But there is a snapshot of {} acknowledged events. Fetch the ledger "
                          "from a newer copy; or, where what is behind this one is lost for good, "
                          "remove the directory snapshots/ and start again.",
                          opened.error().detail, trusted_seq),
              opened.error().internal);
}

// Indexes what comes by and is not in the index yet; of the events at the end it keeps the events
// themselves. Full tables go to files at once, so that a long log does not fill the memory; with a
// helper another thread sees to that, and only the table after next waits for it.
class Indexing {
 public:
  Indexing(Index& index, IndexKeeper& keeper, audit::Helper helper, std::int64_t kept_from)
      : index_(index), keeper_(keeper), helper_(helper), kept_from_(kept_from) {}
  void take(codec::Entry& entry) {
    std::int64_t const seq = entry.recorded.header.seq;
    if (seq < index_.size()) return;
    if (seq < kept_from_)
      index_.note(entry.recorded, entry.leaf_hash);
    else
      index_.add(std::make_shared<Entry>(std::move(entry)));
    if (++taken_ % index_.events_of_a_table() == 0) tend();
  }
  // The first error since the last call; what does not go to a file stays in memory.
  Result<void> tended() {
    if (tending_.valid()) note(tending_.get());
    return std::exchange(tended_, {});
  }
  // The first event that is kept itself.
  std::int64_t kept_from() const { return kept_from_; }

 private:
  void tend() {
    if (tending_.valid()) note(tending_.get());
    bool const here = helper_ == audit::Helper::none;
    tending_ = std::async(here ? std::launch::deferred : std::launch::async,
                          [this] { return keeper_.tend(IndexKeeper::What::full); });
    if (here) tending_.wait();
  }
  void note(Result<void> one) {
    if (tended_ && !one) tended_ = std::move(one);
  }

  Index& index_;
  IndexKeeper& keeper_;
  audit::Helper helper_;
  std::int64_t kept_from_;
  std::int64_t taken_ = 0;
  Result<void> tended_;
  std::future<Result<void>> tending_;  // last, so that nothing goes before it has ended
};

void at_once(std::function<void()> const& one, std::function<void()> const& other) {
  auto beside = std::async(std::launch::async, other);
  one();
  beside.get();
}

// Folds what is behind the basis; what stands before it and is not indexed is only indexed. Returns
// why the basis is of no use, if it is not. Errors are the log's own: with another basis they would
// come again.
Result<std::optional<Error>> fold(ports::LogReader const& log, audit::Fold& fold,
                                  OpenWorld const& world, Indexing& indexing) {
  std::uint64_t const begin = fold.tree().size();
  std::uint64_t const from = std::min(begin, static_cast<std::uint64_t>(world.index.size()));
  std::optional<Error> refused;
  audit::Stages stages;
  stages.scan = [&](ports::FrameVisitor const& visitor) { return log.scan(from, visitor); };
  stages.take = [&](audit::ReadFrame const& frame) -> Result<void> {
    if (frame.first_seq < begin)
      return frame.fault ? tl::unexpected<Error>(*frame.fault) : Result<void>();
    auto folded = fold.frame(frame);
    if (!folded) refused = folded.error();
    return folded;
  };
  stages.keep = [&](audit::ReadFrame frame) {
    for (codec::Entry& entry : frame.entries) indexing.take(entry);
  };
  stages.whole_from = static_cast<std::uint64_t>(indexing.kept_from());
  auto const all = audit::read_ahead(stages, world.helper);
  if (refused) return refused;
  if (!all) return tl::unexpected<Error>(all.error());
  if (begin == 0 || fold.proven()) return std::nullopt;
  return Error{"unproven",
               "no checkpoint behind the snapshot, under a later signed one, confirms its state",
               {}};
}

}  // namespace

Result<Opened> open(OpenWorld const& world) {
  SnapshotsInTurn candidates(world.snapshots);
  audit::Basis basis = candidates.next();
  TRY(opened, open_log(world, basis.tree.size()));
  ports::LogReader const& log = opened.log;
  if (basis.tree.size() > 0 && basis.state.ledger.ledger != log.ledger()) {
    candidates.left_aside.push_back({"foreign", "a snapshot is of another ledger", {}});
    basis = candidates.next();
  }
  IndexKeeper keeper(world.derived, log, world.index);
  for (;;) {
    std::uint64_t const begin = basis.tree.size();
    basis.tree.keep_groups();
    if (auto begun = keeper.begin(); !begun) candidates.left_aside.push_back(begun.error());
    auto const end = static_cast<std::int64_t>(log.next_seq());
    Indexing indexing(
        world.index, keeper, world.helper,
        std::max<std::int64_t>(end - static_cast<std::int64_t>(world.kept_events), 0));
    audit::Fold folding(std::move(basis),
                        begin == 0 ? audit::StateDigests::kept : audit::StateDigests::first);
    TRY(refused, fold(log, folding, world, indexing));
    std::optional<codec::StateDigest> digest;  // while the last table goes to its file
    bool const here = world.helper == audit::Helper::none;
    if (!refused) digest = folding.take_digest(here ? codec::one_after_the_other : at_once);
    if (auto tended = indexing.tended(); !tended) candidates.left_aside.push_back(tended.error());
    if (!refused) {
      auto reached = folding.take_basis();
      bool const fresh_ledger = reached.tree.size() == 0;
      auto groups = reached.tree.take_groups();
      return Opened{.state = std::move(reached.state),
                    .tree = std::move(reached.tree),
                    .groups = std::move(groups),
                    .digest = std::move(*digest),
                    .fresh = fresh_ledger,
                    .tail_cut_bytes = opened.tail_cut_bytes,
                    .folded_from = begin,
                    .left_aside = std::move(candidates.left_aside)};
    }
    if (begin == 0) return tl::unexpected<Error>(*refused);
    candidates.left_aside.push_back(*refused);
    basis = candidates.next();
  }
}

}  // namespace tally::ledger
