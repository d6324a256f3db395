#include "audit/replay.h"

#include <fmt/format.h>

#include "audit/fold.h"
#include "audit/frames.h"
#include "audit/ledger_fixture.h"
#include "domain/workload_fixture.h"

namespace tally::audit::testing {
namespace {

struct Played {
  std::vector<Replayed> decisions;
  ReplaySummary summary;
  std::string error;
};
Played played(std::vector<domain::Recorded> const& history, ReplaySelection const& selection = {}) {
  MemoryDisk disk;
  store(disk, frames_of(history));
  Played played;
  auto const summary = replay(
      disk, selection, [&](Replayed const& replayed) { played.decisions.push_back(replayed); });
  if (summary)
    played.summary = *summary;
  else
    played.error = summary.error().code;
  return played;
}

TEST(Replay, SaysSameForEverythingThatWasDecided) {
  Workload load(31);
  for (int i = 0; i < 3000; ++i) load.step();
  Played const all = played(load.world.history);
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.summary.different, 0u);
  EXPECT_EQ(all.summary.not_replayable, 0u);
  EXPECT_EQ(all.summary.same, all.decisions.size());
  EXPECT_GT(all.decisions.size(), 500u);
}

TEST(Replay, NamesTheEngineTheCommandAndTheEvents) {
  World world;
  auto const run = in_audit(world, "k").run;
  auto const proposed = world.ask(resolution(run, Micros(3)));
  auto const approval = std::get<domain::NeedsApproval>(proposed.reply).approval;
  world.ask(domain::approval::Sign{.approval = approval, .person = kBob});
  Played const all = played(world.history);
  // The signature, and what it set free: each on facts of its own.
  Replayed const& signature = all.decisions.end()[-2];
  EXPECT_EQ(signature.engine, "approval@1");
  EXPECT_EQ(signature.command, "approval.sign");
  EXPECT_EQ(signature.events, std::vector<std::string>{"approval.signed"});
  EXPECT_EQ(signature.verdict, ReplayVerdict::same);
  EXPECT_EQ(static_cast<std::size_t>(signature.seq), world.history.size() - 2);
  Replayed const& last = all.decisions.back();
  EXPECT_EQ(last.engine, "run@1");
  EXPECT_EQ(last.command, "run.propose_resolution");
  EXPECT_EQ(last.events, std::vector<std::string>{"run.settled"});
  EXPECT_EQ(last.verdict, ReplayVerdict::same);
}

// The ledger with an audit as a build wrote it whose audits had no `detail`.
std::vector<ports::LogFrame> in_version_1(std::vector<ports::LogFrame> frames,
                                          std::string_view detail) {
  merkle::Tree tree;
  for (auto& frame : frames) {
    for (auto& record : frame.records) {
      std::string leaf(as_text(record.leaf));
      if (leaf.ends_with(R"("type":"run.audit_required","v":2})")) {
        std::string const member = fmt::format(R"("detail":"{}",)", detail);
        leaf.erase(leaf.find(member), member.size());  // the body stands before the decision
        leaf[leaf.size() - 2] = '1';
        record.leaf = to_bytes(leaf);
      }
      tree.append(merkle::leaf_hash(record.leaf));
    }
    frame.root_after = tree.root();
  }
  return frames;
}

Digest state_after(std::vector<ports::LogFrame> const& frames) {
  Fold fold;
  for (auto const& frame : frames) {
    auto const folded = fold.frame(read_frame(frame));
    EXPECT_TRUE(folded) << folded.error().detail;
  }
  return codec::StateDigest::of(fold.state());
}

TEST(Replay, ComparesOfAnOlderVersionWhatThatVersionCouldSay) {
  World world;
  auto report = fail(running(world, "k", kReported).handle, false, "cost_not_reported");
  report.detail = "no receipt";
  world.ask(report);
  auto const today = frames_of(world.history);
  auto const before = in_version_1(today, report.detail);
  ASSERT_NE(before.back().root_after, today.back().root_after);
  EXPECT_EQ(state_after(before), state_after(today));
  MemoryDisk disk;
  store(disk, before);
  auto const summary = replay(disk, {}, [](Replayed const& one) {
    EXPECT_EQ(one.verdict, ReplayVerdict::same) << one.command;
  });
  ASSERT_TRUE(summary) << summary.error().detail;
  EXPECT_EQ(summary->different, 0u);
}

TEST(Replay, SaysDifferentWhereTodaysVersionSaysLessThanWasDecided) {
  World world;
  auto report = fail(running(world, "k", kReported).handle, false, "cost_not_reported");
  report.detail = "no receipt";
  world.ask(report);
  std::size_t at = 0;
  while (domain::type_of(world.history[at].event).name != "run.audit_required") ++at;
  Played const all = played(forged(world.history, at, [](domain::Recorded& recorded) {
    event_of<domain::run::Events, domain::run::AuditRequired>(recorded).detail.clear();
  }));
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.summary.different, 1u);
}

// The hold of a run is raised in the ledger, consistently in all its parts, and hashed anew.
TEST(Replay, SaysDifferentAndWhereWhenARecordedAmountWasChanged) {
  World world;
  submit(world, "k");
  auto const last = world.history.size() - 1;
  Played const all = played(forged(world.history, last, [](domain::Recorded& recorded) {
    auto& event = event_of<domain::run::Events, domain::run::Submitted>(recorded);
    domain::Balances balances;
    balances.of(domain::AccountKind::available) = kGrant;
    balances.of(domain::AccountKind::funding) = -kGrant;
    domain::PostingPlan plan(balances);
    event.hold.amount = kHold + Micros(1);
    event.postings =
        plan.move(domain::AccountKind::available, domain::AccountKind::held, event.hold.amount)
            .take();
  }));
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.summary.different, 1u);
  Replayed const& forged_one = all.decisions.back();
  EXPECT_EQ(forged_one.verdict, ReplayVerdict::different);
  std::map<std::string, std::pair<std::string, std::string>> found;
  for (Difference const& difference : forged_one.differences)
    found[difference.pointer] = {difference.recorded, difference.replayed};
  EXPECT_EQ(found["/body/hold/amount"], std::pair(std::string("50001"), std::string("50000")));
  EXPECT_TRUE(found.contains("/body/postings")) << forged_one.differences.front().pointer;
  EXPECT_EQ(found.size(), 2u);
}

TEST(Replay, SaysDifferentWhenTheFactsWereChanged) {
  World world;
  world.ask(submission("k", kGrant + Micros(1)));
  auto const last = world.history.size() - 1;
  Played const all = played(forged(world.history, last, [](domain::Recorded& recorded) {
    auto& facts = std::get<domain::run::SubmitFacts>(recorded.snapshot->facts);
    facts.balances.of(domain::AccountKind::available) = kGrant + kGrant;
  }));
  EXPECT_EQ(all.summary.different, 1u);
}

// Facts and what follows from them, both false: `decide` alone would say the same.
TEST(Replay, SaysDifferentWhereFalseFactsWereDecidedOn) {
  World world;
  world.ask(submission("k", kGrant + Micros(1)));
  auto const last = world.history.size() - 1;
  Played const all = played(forged(world.history, last, [](domain::Recorded& recorded) {
    auto& facts = std::get<domain::run::SubmitFacts>(recorded.snapshot->facts);
    facts.balances.of(domain::AccountKind::available) = Micros(7);
    recorded.event =
        domain::decide(recorded.header.at, recorded.snapshot->command, facts).events.front();
  }));
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.summary.different, 1u);
  ASSERT_EQ(all.decisions.back().differences.size(), 1u);
  Difference const& difference = all.decisions.back().differences.front();
  EXPECT_TRUE(difference.pointer.starts_with("/decision/facts/body/balances"))
      << difference.pointer;
}

TEST(Replay, SaysNotReplayableWhereTheSnapshotIsMissing) {
  World world;
  submit(world, "k");
  auto const last = world.history.size() - 1;
  Played const all = played(
      forged(world.history, last, [](domain::Recorded& recorded) { recorded.snapshot.reset(); }));
  EXPECT_EQ(all.summary.not_replayable, 1u);
  EXPECT_EQ(all.decisions.back().verdict, ReplayVerdict::not_replayable);
  EXPECT_EQ(all.decisions.back().reason, "the event carries no snapshot of its decision");
}

TEST(Replay, SaysNotReplayableWhereTheEngineVersionIsNotHere) {
  World world;
  submit(world, "k");
  auto const last = world.history.size() - 1;
  Played const all = played(forged(world.history, last, as_decided_by("run@7")));
  EXPECT_EQ(all.error, "");
  EXPECT_EQ(all.summary.not_replayable, 1u);
  Replayed const& foreign = all.decisions.back();
  EXPECT_EQ(foreign.verdict, ReplayVerdict::not_replayable);
  EXPECT_EQ(foreign.engine, "run@7");
  EXPECT_EQ(foreign.reason, "engine version run@7 is not in this build");
}

TEST(Replay, SaysNotReplayableWhereTheFactsAreOfAnotherCommand) {
  World world;
  submit(world, "k");
  auto const last = world.history.size() - 1;
  Played const all = played(forged(world.history, last, [](domain::Recorded& recorded) {
    recorded.snapshot->facts = domain::budget::GrantFacts{};
  }));
  EXPECT_EQ(all.decisions.back().verdict, ReplayVerdict::not_replayable);
}

TEST(Replay, PlaysOneDecisionOrThoseOfARun) {
  World world = paid_world();
  auto const settled = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  domain::Header const& header = world.history[settled].header;
  Played const one = played(world.history, {.decision = header.decision, .run = {}});
  ASSERT_EQ(one.decisions.size(), 1u);
  EXPECT_EQ(one.decisions[0].command, "run.complete");
  Played const of_run = played(world.history, {.decision = {}, .run = header.run});
  EXPECT_EQ(of_run.decisions.size(), 4u);  // submitted, leased, started, settled
  EXPECT_EQ(played(world.history, {.decision = DecisionId(1), .run = {}}).error, "not_found");
}

TEST(Replay, RefusesADamagedLedger) {
  World const world = paid_world();
  EXPECT_EQ(played(forged(world.history, 4, [](domain::Recorded& r) { ++r.header.seq; })).error,
            "corrupt");
}

// The frame of event 4 begins with event 0: that number would be a second one for one thing.
TEST(Replay, NamesTheEventThatIsDamagedAndNotItsFrame) {
  World const world = paid_world();
  MemoryDisk disk;
  store(disk, frames_of(forged(world.history, 4, [](domain::Recorded& r) { ++r.header.seq; })));
  auto const summary = replay(disk, {}, [](Replayed const&) {});
  ASSERT_FALSE(summary);
  EXPECT_EQ(summary.error().detail, "event 4: its sequence is not the next one");
}

}  // namespace
}  // namespace tally::audit::testing
