// Every command in every phase.

#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

using run::Phase;

struct Scene {
  World world;
  Leased leased{.run = {}, .handle = {.fence = 1, .lease = LeaseId(12345), .tenant = {}}};
};

Scene scene_of_running() {
  Scene scene;
  scene.leased = running(scene.world, "k");
  return scene;
}

// A world in which one run is in `phase`. A phase without a way to it does not compile.
Scene scene_of(Phase phase) {
  Scene scene;
  World& world = scene.world;
  switch (phase) {
    case Phase::queued:
      scene.leased.run = submit(world, "k");
      return scene;
    case Phase::leased:
      submit(world, "k");
      scene.leased = lease(world).value_or(Leased{});
      return scene;
    case Phase::running:
      return scene_of_running();
    case Phase::reconciling:
      scene = scene_of_running();
      world.ask(lease_due(scene.leased.run));
      return scene;
    case Phase::audit_required:
      scene.leased = in_audit(world, "k");
      return scene;
    case Phase::succeeded:
      scene = scene_of_running();
      world.ask(complete(scene.leased.handle));
      return scene;
    case Phase::failed:
      scene = scene_of_running();
      world.ask(fail(scene.leased.handle, false));
      return scene;
    case Phase::expired:
      scene.leased.run = submit(world, "k");
      world.pass(kQueueDeadline);
      world.ask(queue_due(scene.leased.run));
      return scene;
    case Phase::cancelled:
      scene = scene_of_running();
      world.ask(run::Cancel{.run = scene.leased.run, .tenant = kAcme});
      world.ask(fail(scene.leased.handle, false));
      return scene;
  }
  return scene;
}

// What a command comes to where the lease ran out and every deadline has passed.
template <class C>
std::string come_to(Phase phase, C make) {
  Scene scene = scene_of(phase);
  EXPECT_EQ(scene.world.row(scene.leased.run).phase, phase);
  scene.world.pass(kQueueDeadline);
  return text_of(scene.world.ask(make(scene.leased)));
}

struct Row {
  Phase phase;
  std::string start, complete, fail, retry, cancel, lease_due, limit_due, queue_due, reconcile,
      resolve;
};

TEST(Phases, AnswerEveryCommandAsTheTableSays) {
  std::string const lost = "lease_lost", settled = "run.settled", again = "run.requeued",
                    no = "conflict", done = "done", asked = "run.cancel_requested",
                    look = "run.reconciling", proposed = "approval.proposed";
  std::vector<Row> const table{
      {Phase::queued, lost, lost, lost, lost, settled, done, done, settled, done, no},
      {Phase::leased, "run.started", no, again, again, settled, again, done, done, done, no},
      {Phase::running, done, settled, settled, again, asked, look, look, done, done, no},
      {Phase::reconciling, lost, lost, lost, lost, asked, done, done, done, settled, no},
      {Phase::audit_required, lost, lost, lost, lost, no, done, done, done, done, proposed},
      {Phase::succeeded, lost, done, lost, lost, no, done, done, done, done, no},
      {Phase::failed, lost, lost, done, done, no, done, done, done, done, no},
      {Phase::expired, lost, lost, lost, lost, no, done, done, done, done, no},
      {Phase::cancelled, lost, lost, done, done, done, done, done, done, done, no},
  };
  ASSERT_EQ(table.size(), run::kPhases);
  for (Row const& row : table) {
    SCOPED_TRACE(std::string(name_of(row.phase)));
    auto handle = [](auto make) { return [make](Leased const& l) { return make(l.handle); }; };
    Phase const p = row.phase;
    EXPECT_EQ(come_to(p, handle([](auto& h) { return run::Start{h}; })), row.start);
    EXPECT_EQ(come_to(p, handle([](auto& h) { return complete(h); })), row.complete);
    EXPECT_EQ(come_to(p, handle([](auto& h) { return fail(h, false); })), row.fail);
    EXPECT_EQ(come_to(p, handle([](auto& h) { return fail(h, true); })), row.retry);
    EXPECT_EQ(
        come_to(p, [](Leased const& l) { return run::Cancel{.run = l.run, .tenant = kAcme}; }),
        row.cancel);
    EXPECT_EQ(come_to(p, [](Leased const& l) { return lease_due(l.run); }), row.lease_due);
    EXPECT_EQ(
        come_to(
            p, [](Leased const& l) { return run::Due{.kind = run::DueKind::limit, .run = l.run}; }),
        row.limit_due);
    EXPECT_EQ(come_to(p, [](Leased const& l) { return queue_due(l.run); }), row.queue_due);
    EXPECT_EQ(come_to(p, [](Leased const& l) { return reconcile(l, run::Receipt::valid, true); }),
              row.reconcile);
    EXPECT_EQ(come_to(p, [](Leased const& l) { return resolution(l.run, Micros(1)); }),
              row.resolve);
  }
}

TEST(Phases, HoldTheMoneyUntilTheyAreFinal) {
  for (Phase phase : all_of(Phase{})) {
    Scene const scene = scene_of(phase);
    Micros const held = scene.world.balance(AccountKind::held);
    EXPECT_EQ(held, run::is_held(phase) ? kHold : Micros(0)) << name_of(phase);
    EXPECT_EQ(scene.world.row(scene.leased.run).charge.has_value(), run::is_final(phase));
    EXPECT_EQ(scene.world.state.runs_live, run::is_final(phase) ? 0 : 1);
  }
}

TEST(Phases, ShowCallersSevenStatuses) {
  std::set<std::string_view> statuses;
  for (Phase phase : all_of(Phase{})) statuses.insert(run::status_of(phase));
  EXPECT_EQ(statuses, (std::set<std::string_view>{"queued", "running", "succeeded", "failed",
                                                  "expired", "cancelled", "audit_required"}));
}

}  // namespace
}  // namespace tally::domain::testing
