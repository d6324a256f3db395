// What `verify` holds against the evidence beside the frames: stored payloads, the facts of
// decisions, a checkpoint that somebody kept.

#include "audit/ledger_fixture.h"
#include "audit/verify.h"
#include "ports/memory_blobs_fixture.h"

namespace tally::audit::testing {
namespace {

Report verified(std::vector<ports::LogFrame> const& frames) {
  MemoryDisk disk;
  store(disk, frames);
  auto report = verify(disk);
  EXPECT_TRUE(report);
  return report ? *report : Report{};
}
Report verified(std::vector<domain::Recorded> const& history) {
  return verified(frames_of(history));
}

// --- payloads ----------------------------------------------------------------------------------

// The report on a history whose stored payloads were changed behind the leaves' back, with every
// checksum made again.
template <class Change>
Report with_payloads(std::vector<domain::Recorded> const& history, Change change) {
  auto frames = frames_of(history);
  std::vector<Bytes*> payloads;
  for (ports::LogFrame& frame : frames)
    for (ports::LogRecord& record : frame.records)
      if (!record.enclosure.empty()) payloads.push_back(&record.enclosure);
  change(payloads);
  return verified(frames);
}

TEST(Verify, FindsPayloadsThatWereExchangedBetweenRuns) {
  World const world = paid_world();
  auto const first = seq_of<domain::run::Events, domain::run::Submitted>(world.history);
  Report const report = with_payloads(world.history, [](std::vector<Bytes*> const& payloads) {
    ASSERT_GE(payloads.size(), 2u);
    ASSERT_NE(*payloads[0], *payloads[1]);
    std::swap(*payloads[0], *payloads[1]);
  });
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, first);
  EXPECT_NE(report.what.find("the bytes beside it are not those of its payload"), std::string::npos)
      << report.what;
}

TEST(Verify, FindsAChangedByteOfAPayloadAndOneThatIsGone) {
  World const world = paid_world();
  auto const settled = seq_of<domain::run::Events, domain::run::Settled>(world.history);
  for (bool const gone : {true, false}) {
    Report const report = with_payloads(world.history, [&](std::vector<Bytes*> const& payloads) {
      if (gone)
        payloads[1]->clear();
      else
        payloads[1]->back() ^= 1;
    });
    EXPECT_FALSE(report.ok);
    EXPECT_EQ(report.bad_seq, settled) << report.what;
  }
}

TEST(Verify, FindsBytesThatNoEventNames) {
  auto frames = frames_of(paid_world().history);
  frames[0].records[0].enclosure = to_bytes("smuggled in");
  Report const report = verified(frames);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, 0u);
  EXPECT_NE(report.what.find("does not name"), std::string::npos) << report.what;
}

TEST(Verify, ReadsTheBlobsAndSaysWhichIsMissingOrAnother) {
  ports::testing::MemoryBlobs blobs;
  World world;
  std::vector<ContentRef> refs;
  for (std::string const key : {"a", "b"}) {
    domain::run::Submit submit = submission(key);
    refs.push_back(*blobs.put(as_bytes("sealed " + key)));
    submit.input.blob = refs.back();
    submit.input.stored.reset();
    world.ask(submit);
  }
  std::uint64_t const second = world.history.size() - 1;
  MemoryDisk disk;
  store(disk, frames_of(world.history));
  auto const check = [&] { return verify(disk, {.blobs = &blobs}).value_or(Report{}); };
  EXPECT_TRUE(check().ok) << check().what;
  std::vector<ContentRef> named = refs;
  std::ranges::sort(named);
  EXPECT_EQ(check().blobs, named);

  auto const whole = blobs.files;
  std::swap(blobs.files[refs[0]], blobs.files[refs[1]]);
  EXPECT_EQ(check().bad_seq, second - 1);
  EXPECT_NE(check().what.find(refs[0].text() + ", has other bytes"), std::string::npos);
  blobs.files = whole;
  blobs.files.erase(refs[1]);
  EXPECT_EQ(check().bad_seq, second);
  EXPECT_TRUE(check().what.starts_with("its payload, blob " + refs[1].text() +
                                       ", is missing (0000000000.seg, byte "))
      << check().what;  // no number of its frame beside that of the event
  auto const without = verify(disk);
  ASSERT_TRUE(without);
  EXPECT_TRUE(without->ok) << without->what;
}

// --- facts -------------------------------------------------------------------------------------

// Whoever holds the key raises what was available, and decides on that: all agrees but the past.
TEST(Verify, FindsARefusalThatWasMadeOnFalseFacts) {
  World world;
  world.ask(submission("k", kGrant + Micros(1)));
  auto const last = world.history.size() - 1;
  ASSERT_TRUE(std::holds_alternative<domain::run::Refused>(
      std::get<domain::run::Events>(world.history[last].event)));
  auto const history = forged(world.history, last, [](domain::Recorded& recorded) {
    auto& facts = std::get<domain::run::SubmitFacts>(recorded.snapshot->facts);
    facts.balances.of(domain::AccountKind::available) = kGrant - Micros(1);
    facts.balances.of(domain::AccountKind::spent) = Micros(1);
    domain::Outcome const outcome =
        domain::decide(recorded.header.at, recorded.snapshot->command, facts);
    recorded.event = outcome.events.front();
  });
  Report const report = verified(history);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, last) << report.what;
  EXPECT_NE(report.what.find("/decision/facts/body/balances"), std::string::npos) << report.what;
}

TEST(Verify, FindsACommandThatTheModeDidNotPermit) {
  World world;
  submit(world, "k");
  auto const last = world.history.size() - 1;
  auto history = world.history;
  World halted;
  halted.ask(domain::mode::Set{
      .mode = domain::mode::Mode::halt, .person = kAnn, .reason = "r", .scope = {}});
  ASSERT_EQ(halted.history.size(), last + 1);
  domain::Recorded submitted = history[last];
  submitted.header.seq += 1;
  history[last] = halted.history.back();
  history.push_back(submitted);
  Report const report = verified(history);
  EXPECT_FALSE(report.ok);
  EXPECT_EQ(report.bad_seq, last + 1) << report.what;
}

// --- a checkpoint that somebody kept -----------------------------------------------------------

TEST(Verify, HoldsTheLedgerAgainstAKnownCheckpoint) {
  Notary const notary;
  auto const frames = frames_of(paid_world(merkle::format_vkey(notary.vkey)).history);
  MemoryDisk disk;
  store(disk, frames);
  auto const against = [&](std::string const& note) {
    auto const report = verify(disk, {.known = note});
    EXPECT_TRUE(report);
    return report.value_or(Report());
  };
  // Inside a frame: whoever kept it need not know where frames end.
  merkle::Tree tree;
  for (std::size_t i = 0; i < 3; ++i) tree.append(merkle::leaf_hash(frames[0].records[i].leaf));
  EXPECT_TRUE(against(notary.note(3, tree.root())).ok);
  EXPECT_TRUE(against(notary.note(kEventsInAFrame, frames[0].root_after)).ok);
  EXPECT_TRUE(against(notary.note(0, segments::empty_log().root)).ok);

  Report const other = against(notary.note(4, tree.root()));
  EXPECT_FALSE(other.ok);
  EXPECT_NE(other.what.find("are not those of the known checkpoint"), std::string::npos);
  Report const shorter = against(notary.note(1'000'000, tree.root()));
  EXPECT_FALSE(shorter.ok);
  EXPECT_NE(shorter.what.find("a checkpoint of 1000000 is known"), std::string::npos);
  Notary const stranger(9);
  Report const unsigned_one = against(stranger.note(3, tree.root()));
  EXPECT_FALSE(unsigned_one.ok);
  EXPECT_NE(unsigned_one.what.find("not one of this ledger"), std::string::npos);
  auto const nonsense = verify(disk, {.known = "nonsense"});
  ASSERT_FALSE(nonsense);
  EXPECT_EQ(nonsense.error().code, "malformed_note");
}

}  // namespace
}  // namespace tally::audit::testing
