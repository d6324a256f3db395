#include "audit/replay.h"

#include <fmt/format.h>

#include <utility>

#include "audit/facts.h"
#include "audit/fold.h"
#include "audit/frames.h"
#include "audit/json_difference.h"
#include "codec/event_codec.h"
#include "segments/verify.h"

namespace tally::audit {

namespace {

// A decision as recorded: its first event carries the snapshot, the others follow it.
using Group = std::vector<codec::Entry>;

// The event as it would be written today under the same header, without the snapshot.
std::string body_text(domain::Header const& header, domain::Event const& event) {
  Bytes bytes;
  codec::encode({.header = header, .event = event, .snapshot = {}}, bytes);
  return std::string(as_text(bytes));
}

void compare(Group const& recorded, domain::Outcome const& outcome, Replayed& result) {
  std::size_t const count = std::max(recorded.size(), outcome.events.size());
  for (std::size_t i = 0; i < count; ++i) {
    std::string const place = count == 1 ? "" : fmt::format("/{}", i);
    if (i >= outcome.events.size()) {
      result.differences.push_back(
          {place, std::string(domain::type_of(recorded[i].recorded.event).name), "nothing"});
    } else if (i >= recorded.size()) {
      result.differences.push_back(
          {place, "nothing", std::string(domain::type_of(outcome.events[i]).name)});
    } else {
      domain::Header const& header = recorded[i].recorded.header;
      auto const version = codec::version_in(recorded[i].leaf);
      append_differences(place, body_text(header, recorded[i].recorded.event),
                         body_text(header, codec::as_of(version, outcome.events[i])),
                         result.differences);
    }
  }
  if (outcome.tenant != recorded.front().recorded.header.tenant)
    result.differences.push_back({"/tenant", "as recorded", "another"});
  if (outcome.run != recorded.front().recorded.header.run)
    result.differences.push_back({"/run_id", "as recorded", "another"});
  if (!result.differences.empty()) result.verdict = ReplayVerdict::different;
}

// `differences` of the facts, in front of those of what was decided.
Replayed replay_one(Group const& group, std::vector<Difference> differences) {
  domain::Recorded const& first = group.front().recorded;
  Replayed result;
  result.differences = std::move(differences);
  result.decision = first.header.decision.value_or(DecisionId{});
  result.seq = first.header.seq;
  for (codec::Entry const& entry : group)
    result.events.emplace_back(domain::type_of(entry.recorded.event).name);
  if (first.foreign) {
    result.verdict = ReplayVerdict::not_replayable;
    result.engine = first.foreign->engine;
    result.reason = fmt::format("engine version {} is not in this build", result.engine);
    return result;
  }
  if (!first.snapshot) {
    result.verdict = ReplayVerdict::not_replayable;
    result.reason = "the event carries no snapshot of its decision";
    return result;
  }
  result.engine = text_of(domain::engine_of(first.snapshot->command));
  result.command = domain::type_of(first.snapshot->command).name;
  try {
    CheckTrap const trap;
    compare(group, domain::decide(first.header.at, first.snapshot->command, first.snapshot->facts),
            result);
  } catch (BrokenAssumption const& broken) {
    result.verdict = ReplayVerdict::not_replayable;
    result.reason = fmt::format("today's code refuses the snapshot: {}", broken.what());
  }
  return result;
}

bool selected(ReplaySelection const& selection, domain::Header const& header) {
  if (selection.decision) return header.decision == selection.decision;
  if (selection.run) return header.run == selection.run;
  return true;
}

// Collects events into decisions and replays those that were asked for.
class Player {
 public:
  Player(ReplaySelection const& selection, std::function<void(Replayed const&)> const& each)
      : selection_(selection), each_(each) {}
  // `before`: the state in front of the entry.
  void take(codec::Entry const& entry, domain::State const& before) {
    if (!group_.empty() &&
        group_.front().recorded.header.decision != entry.recorded.header.decision)
      play();
    if (group_.empty() && selected(selection_, entry.recorded.header))
      facts_ = false_facts(before, entry.recorded);
    group_.push_back(entry);
  }
  void play() {
    if (!group_.empty() && selected(selection_, group_.front().recorded.header)) {
      Replayed const result = replay_one(group_, std::exchange(facts_, {}));
      count(result.verdict);
      each_(result);
    }
    group_.clear();
  }
  ReplaySummary const& summary() const { return summary_; }

 private:
  void count(ReplayVerdict verdict) {
    switch (verdict) {
      case ReplayVerdict::same:
        ++summary_.same;
        return;
      case ReplayVerdict::different:
        ++summary_.different;
        return;
      case ReplayVerdict::not_replayable:
        ++summary_.not_replayable;
        return;
    }
  }
  ReplaySelection const& selection_;
  std::function<void(Replayed const&)> const& each_;
  Group group_;
  std::vector<Difference> facts_;  // of the group
  ReplaySummary summary_;
};

}  // namespace

std::string_view name_of(ReplayVerdict verdict) {
  constexpr std::array<std::string_view, 3> names{"same", "different", "not_replayable"};
  return names[static_cast<std::size_t>(verdict)];
}

Result<ReplaySummary> replay(ports::Disk& disk, ReplaySelection const& selection,
                             std::function<void(Replayed const&)> const& each,
                             segments::Beside beside) {
  Fold fold;
  Player player(selection, each);
  Watch const watch{.before = [&](codec::Entry const& entry, domain::State const& before) {
    player.take(entry, before);
  }};
  auto const visit = [&](ports::FrameView const& view) -> Result<void> {
    return fold.frame(read_frame(view), watch);
  };
  TRY(checked, segments::check_frames(disk, visit, 0, beside));
  player.play();
  // A fold names the event itself, in a frame that began before it.
  if (!checked.sound())
    return fail("corrupt", fold.bad_seq() ? checked.damage->what : checked.damage->text());
  ReplaySummary const& summary = player.summary();
  if (summary.same + summary.different + summary.not_replayable == 0)
    return fail("not_found", "the ledger has no such decision");
  return summary;
}

}  // namespace tally::audit
