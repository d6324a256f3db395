#include "audit/fold.h"

#include "audit/ledger_fixture.h"

namespace tally::audit::testing {
namespace {

std::string said(Result<void> const& result) {
  return result ? "fine" : result.error().code + ": " + result.error().detail;
}
// What the fold says of frames: fine, or the first error.
std::string folded(std::vector<ports::LogFrame> const& frames) {
  Fold fold;
  for (ports::LogFrame const& frame : frames)
    if (auto const result = fold.frame(read_frame(frame)); !result) return said(result);
  return "fine";
}
template <class Change>
std::string folded_forged(World const& world, std::size_t seq, Change change) {
  return folded(frames_of(forged(world.history, seq, change)));
}

TEST(Fold, GivesTheStateThatTheWriterHad) {
  World const world = paid_world();
  Fold fold;
  std::int64_t seen = 0;
  for (ports::LogFrame const& frame : frames_of(world.history))
    ASSERT_TRUE(fold.frame(read_frame(frame),
                           {.after = [&](codec::Entry const& entry, domain::State const& state) {
                             EXPECT_EQ(entry.recorded.header.seq, seen++);
                             EXPECT_EQ(state.ledger.seq_next, seen);
                           }}));
  EXPECT_EQ(static_cast<std::size_t>(seen), world.history.size());
  EXPECT_EQ(codec::StateDigest::of(fold.state()), codec::StateDigest::of(world.state));
}

TEST(Fold, RefusesAFrameWhoseRootIsAnother) {
  auto frames = frames_of(paid_world().history);
  frames[1].root_after.bytes[0] ^= 1;
  EXPECT_EQ(folded(frames),
            "corrupt: event 5: the 5 events of its frame do not hash to the root that the frame "
            "commits to");
}

TEST(Fold, RefusesAFrameThatIsMissing) {
  auto frames = frames_of(paid_world().history);
  frames.erase(frames.begin() + 1);
  EXPECT_EQ(folded(frames), "corrupt: event 5: the frame does not begin with the next event");
}

TEST(Fold, RefusesAGapInEitherOrder) {
  World const world = paid_world();
  EXPECT_EQ(folded_forged(world, 3, [](domain::Recorded& r) { ++r.header.seq; }),
            "corrupt: event 3: its sequence is not the next one");
  auto const last = world.history.size() - 1;
  EXPECT_EQ(folded_forged(world, last, [](domain::Recorded& r) { ++r.header.tenant_seq; }),
            "corrupt: event " + std::to_string(last) + ": its tenant_seq is not the next one");
}

TEST(Fold, RefusesALedgerOfAnotherFormatAndNamesTheBuildThatReadsIt) {
  auto const said_of = [](std::int64_t format) {
    return folded_forged(paid_world(), 0, [&](domain::Recorded& r) {
      event_of<domain::system::Events, domain::system::Opened>(r).format = format;
    });
  };
  EXPECT_EQ(said_of(5),
            "other_format: event 0: the ledger has format 5; this program reads and writes format "
            "6; the build of commit c758756 reads it");
  EXPECT_TRUE(said_of(7).ends_with("a newer build wrote it, take that one"));
  EXPECT_TRUE(said_of(-1).ends_with("format 6"));
}

// A log from outside may say anything; what apply takes for granted is corrupt there.
TEST(Fold, RefusesALeaseOfARunThatDoesNotWait) {
  World world;
  submit(world, "leased");
  submit(world, "waiting");  // for the same job, so that somebody waits
  auto const leased = lease(world);
  ASSERT_TRUE(leased);
  world.ask(domain::run::Start{leased->handle});
  auto const started = std::ranges::find_if(world.history, [](domain::Recorded const& r) {
    return domain::type_of(r.event).name == "run.started";
  });
  ASSERT_NE(started, world.history.end());
  auto const seq = static_cast<std::size_t>(started - world.history.begin());
  auto const said = folded_forged(world, seq, [](domain::Recorded& r) {
    RunId const run = *r.header.run;
    domain::run::Leased again;
    again.lease = LeaseId(99);
    again.run = run;
    r.event = domain::run::Events(std::move(again));
  });
  EXPECT_TRUE(said.starts_with("corrupt: event " + std::to_string(seq) + ": ")) << said;
  EXPECT_NE(said.find("only a run that is queued waits"), std::string::npos) << said;
}

TEST(Fold, RefusesTimeThatGoesBack) {
  World const world = paid_world();
  EXPECT_EQ(
      folded_forged(world, 9, [](domain::Recorded& r) { r.header.at = r.header.at - hours(49); }),
      "corrupt: event 9: its time is before that of the event before it");
}

TEST(Fold, RefusesAnEventOfATypeThatItDoesNotKnow) {
  auto const history = paid_world().history;
  Writer writer;
  writer.write({history[0]});
  ports::LogRecord record;
  codec::encode(history[1], record.leaf);
  std::string text(as_text(record.leaf));
  auto const type = text.find("plan.set");
  ASSERT_NE(type, std::string::npos);
  text.replace(type, 8, "plan.sat");
  record.leaf.assign(text.begin(), text.end());
  writer.tree.append(merkle::leaf_hash(record.leaf));
  ports::LogFrame frame{
      .epoch = 1, .first_seq = 1, .records = {record}, .root_after = writer.tree.root()};
  writer.frames.push_back(frame);
  EXPECT_TRUE(folded(writer.frames).starts_with("unknown_event: event 1: "))
      << folded(writer.frames);
}

TEST(Fold, RefusesBytesThatAreNoEvent) {
  auto frames = frames_of(paid_world().history);
  frames[0].records[2].leaf = {'{', '}'};
  EXPECT_TRUE(folded(frames).starts_with("malformed: event 2: ")) << folded(frames);
}

TEST(Fold, RefusesWhatWouldBreakTheStateInsteadOfEndingTheProcess) {
  World const world = paid_world();
  auto const settled = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  EXPECT_EQ(folded_forged(world, settled,
                          [](domain::Recorded& r) {
                            event_of<domain::run::Events, domain::run::Settled>(r).run = RunId(1);
                          }),
            "corrupt: event " + std::to_string(settled) + ": a row that must exist does not");
}

TEST(Fold, RefusesAnEventThatViolatesAnInvariant) {
  World const world = paid_world();
  auto const submitted = seq_of<domain::run::Events, domain::run::Submitted>(world.history);
  EXPECT_EQ(folded_forged(world, submitted,
                          [](domain::Recorded& r) {
                            event_of<domain::run::Events, domain::run::Submitted>(r).hold.amount =
                                kHold + Micros(1);
                          }),
            "corrupt: event " + std::to_string(submitted) + ": violates holds_match_runs");
}

// Frames up to a checkpoint whose note says `size` and `root` of what stands before it.
std::string folded_with_checkpoint(
    std::function<std::string(Notary const&, merkle::Tree const&)> note,
    std::int64_t size_change = 0) {
  Notary const notary;
  World world = paid_world(merkle::format_vkey(notary.vkey));
  Writer writer;
  writer.write(world.history);
  auto const before = world.history.size();
  world.ask(domain::system::CheckpointSigned{
      .note = note(notary, writer.tree),
      .size = static_cast<std::int64_t>(writer.tree.size()) + size_change,
      .state_digest = {}});
  writer.write({world.history.begin() + static_cast<std::ptrdiff_t>(before), world.history.end()});
  return folded(writer.frames);
}

TEST(Fold, AcceptsACheckpointOfItsOwnTree) {
  EXPECT_EQ(folded_with_checkpoint([](Notary const& notary, merkle::Tree const& tree) {
              return notary.note(tree.size(), tree.root());
            }),
            "fine");
}

TEST(Fold, RefusesACheckpointOfAnotherTree) {
  EXPECT_TRUE(folded_with_checkpoint([](Notary const& notary, merkle::Tree const& tree) {
                return notary.note(tree.size(), merkle::empty_root());
              }).ends_with("its checkpoint is of another tree"));
}

TEST(Fold, RefusesACheckpointOfASizeAtWhichNoFrameEnds) {
  auto const smaller = [](Notary const& notary, merkle::Tree const& tree) {
    return notary.note(tree.size() - 1, tree.root());
  };
  EXPECT_TRUE(folded_with_checkpoint(smaller).ends_with("at which no frame ends"));
  EXPECT_TRUE(folded_with_checkpoint(smaller, -1).ends_with("at which no frame ends"));
}

TEST(Fold, RefusesACheckpointThatSomebodyElseSigned) {
  auto const said = folded_with_checkpoint([](Notary const& notary, merkle::Tree const& tree) {
    std::string note = notary.note(tree.size(), tree.root());
    note[note.size() - 10] = note[note.size() - 10] == 'A' ? 'B' : 'A';
    return note;
  });
  EXPECT_NE(said.find("its checkpoint does not verify"), std::string::npos) << said;
}

}  // namespace
}  // namespace tally::audit::testing
