#include "base/check.h"
#include "ledger/loop_state.h"

namespace tally::ledger {

bool Loop::State::full() const {
  return open.entries.size() >= options.frame_events_max || open.bytes >= options.frame_bytes_max;
}

// Sends the open frame on its way, if the one before has arrived.
void Loop::State::flush(Instant now) {
  if (in_flight) return;
  if (!open.entries.empty()) builder.seal(open);
  undigested += open.entries.size();
  if (open.directory_changed.any())
    open.directory = newest_directory =
        Directory::after(*newest_directory, state, open.directory_changed);
  if (uncovered > 0 && now >= checkpoint_not_before) order_checkpoint(now);
  if (open.entries.empty()) {
    if (!open.empty()) publish(std::exchange(open, {}));
    return;
  }
  open.log.epoch = epoch;
  in_flight = std::exchange(open, {});
  ++counts.frames;
  world.store.append(in_flight->log, [this](ports::AppendOutcome outcome) {
    shared.with([&](Volatile& v) { v.completion = outcome; });
    world.wake();
  });
  keep_digest();
}

// A checkpoint names the digest of the state. Were all rows left to it that were touched since the
// last one, everybody would wait for milliseconds each time. A few at a time are done while the
// disk writes; only where the loop's thread writes itself (server/server_threads.h), before that.
void Loop::State::keep_digest() {
  constexpr std::size_t kEventsAtOnce = 128;
  if (undigested < kEventsAtOnce) return;
  digest.update(state);
  undigested = 0;
}

void Loop::State::order_checkpoint(Instant now) {
  open.orders.emplace_back(SignHead{.size = static_cast<std::int64_t>(tree.size()),
                                    .root = tree.root(),
                                    .state_digest = digest.update(state).hex()});
  checkpoint_not_before = now + options.checkpoint_every;
  uncovered = 0;
  undigested = 0;
}

// Takes the answer of the log store, if it came.
void Loop::State::complete() {
  auto const outcome = shared.with([](Volatile& v) {
    v.idle = false;
    return std::exchange(v.completion, std::nullopt);
  });
  if (!outcome) return;
  TALLY_CHECK(in_flight.has_value(), "the log store answered twice");
  switch (*outcome) {
    case ports::AppendOutcome::durable: {
      PendingFrame frame = std::move(*in_flight);
      in_flight.reset();
      publish(std::move(frame));
      return;
    }
    case ports::AppendOutcome::fenced:
      return fail("another writer took the log over");
    case ports::AppendOutcome::conflict:
      return fail("the log is not where this writer left it");
    case ports::AppendOutcome::unknown:
      return fail("the log could not be written");
  }
}

// The frame is durable: now, and only now, others hear of it.
void Loop::State::publish(PendingFrame frame) {
  FrameBuilder::take_bytes_back(frame);
  if (!frame.groups.empty() && world.grouped) world.grouped(frame.groups);
  for (auto const& entry : frame.entries) world.index.add(entry);
  if (frame.directory) shared.with([&](Volatile& v) { v.directory = frame.directory; });
  for (auto& reply : frame.replies) reply(PostStatus::decided);
  for (auto const& entry : frame.entries) {
    auto const* row = ended_by(*entry);
    if (row != nullptr) answer_waits(*entry->recorded.header.run, *row);
    if (world.published) world.published(*entry, row);
  }
  for (Order& order : frame.orders) world.order(std::move(order));
}

// The row of the run that the event ended; null where it ended none. Final rows do not change, so
// what the open frame adds is not seen here - unless the run ended only in the open frame; then its
// own frame answers.
domain::run::Row const* Loop::State::ended_by(Entry const& entry) const {
  auto const* event = std::get_if<domain::run::Events>(&entry.recorded.event);
  bool const ended = event != nullptr && std::holds_alternative<domain::run::Settled>(*event);
  return ended && entry.recorded.header.run ? state.runs.find(*entry.recorded.header.run) : nullptr;
}

void Loop::State::answer_waits(RunId run, domain::run::Row const& row) {
  for (Waits::Done& done : waits.take(run)) done({.fate = PostStatus::decided, .row = row});
}

void Loop::State::fail(std::string why) {
  failed = true;
  for (auto* frame : {in_flight ? &*in_flight : nullptr, &open})
    if (frame != nullptr)
      for (auto& reply : frame->replies) reply(PostStatus::unknown);
  for (Inbox::Item& item : inbox.close()) refuse(item, PostStatus::unknown);
  for (Waits::Ended& ended : waits.take_all()) ended.done({.fate = PostStatus::unknown, .row = {}});
  in_flight.reset();
  open = {};
  shared.with([](Volatile& v) { v.idle = true; });
  world.on_failure(std::move(why));
}

void Loop::State::note_counts() {
  counts.lane_depth = inbox.depths();
  counts.runs_live = state.runs_live;
  counts.queue_depth = state.queue.depth;
  counts.phases = state.phases;
  counts.size = world.index.size();
  auto const* mode = state.modes.find({});
  counts.mode = mode == nullptr ? domain::mode::Mode::normal : mode->mode;
  counts.oldest_queued_at = oldest_queued();
  shared.with([&](Volatile& v) {
    counts.overloaded = v.counts.overloaded;
    v.counts = counts;
    v.idle = !in_flight && open.empty();
  });
}

std::optional<Instant> Loop::State::oldest_queued() const {
  std::optional<std::pair<std::int64_t, RunId>> oldest;
  for (auto const& [job, tenants] : state.queue.waiting)
    for (auto const& [tenant, waiting] : tenants)
      if (!waiting.ready.empty() && (!oldest || *waiting.ready.begin() < *oldest))
        oldest = *waiting.ready.begin();
  if (!oldest) return std::nullopt;
  return state.runs.at(oldest->second).created_at;
}

}  // namespace tally::ledger
