// What has no leaf is a refusal, checked before anything is folded; and an idempotency key answers
// once, whatever was asked under it.

#include <fmt/format.h>

#include "codec/event_codec.h"
#include "ledger/loop_fixture.h"

namespace tally::ledger::testing {
namespace {

struct Opened : LoopWorld {
  Opened() { open(); }
};

std::string code_of(Answer const& answer) { return text_of(answer.reply); }

Keyed<domain::budget::Grant> grant(std::string_view key, Micros amount) {
  Keyed<domain::budget::Grant> command;
  command.amount = amount;
  command.person = kAnn;
  command.tenant = kAcme;
  command.idempotency = {.fingerprint = sha256(as_bytes(format_usd(amount))),
                         .key = sha256(as_bytes(key))};
  return command;
}

domain::mode::Set reasoned(std::string reason) {
  domain::mode::Set command;
  command.mode = domain::mode::Mode::safe;
  command.person = kAnn;
  command.reason = std::move(reason);
  return command;
}

std::vector<JobName> recorded_jobs(Answer const& answer) {
  auto const& run = std::get<domain::run::Commands>(answer.entry->recorded.snapshot->command);
  return std::get<domain::run::Lease>(run).jobs;
}

TEST(Record, ThatIsLargerThanALeafIsRefusedAndNothingHappens) {
  Opened world;
  auto const size = world.size();
  auto const answer = world.ask(reasoned(std::string(codec::kLeafBytesMax, 'r')));
  EXPECT_EQ(code_of(answer), "payload_too_large");
  EXPECT_EQ(answer.entry, nullptr);
  EXPECT_EQ(world.size(), size);
  EXPECT_TRUE(world.failures.empty());
  EXPECT_EQ(code_of(world.ask(submission("k"))), "done");  // not safe mode: nothing was folded
}

TEST(Record, RefusesWhatNoLeafCanHold) {
  Opened world;
  EXPECT_EQ(code_of(world.ask(reasoned("\xff"))), "validation_error");
  domain::directory::CreateKey key;
  key.expires_at = kInstantMax + microseconds(1);
  key.owner = kAnn;
  key.person = kAnn;
  key.scopes = {"admin"};
  key.tenant = kAcme;
  EXPECT_EQ(code_of(world.ask(key)), "validation_error");
  key.expires_at = kInstantMax;
  EXPECT_EQ(code_of(world.ask(key)), "done");
}

// The largest that can be proposed: the reason stands in it twice.
domain::NeedsApproval propose_largest(LoopWorld& world, domain::mode::Set resume) {
  for (std::size_t reason = codec::kLeafBytesMax / 2; reason > 0; reason -= 100) {
    resume.reason = std::string(reason, 'r');
    auto const reply = world.ask(resume).reply;
    if (auto const* asked = std::get_if<domain::NeedsApproval>(&reply)) return *asked;
    EXPECT_EQ(text_of(reply), "payload_too_large");
  }
  return {};
}

void name_approver(LoopWorld& world, std::string const& id) {
  auto const reply =
      world
          .ask(domain::directory::AddPerson{
              .name = "", .person = kAnn, .subject = PersonId(id), .roles = {"approver"}})
          .reply;
  auto const* asked = std::get_if<domain::NeedsApproval>(&reply);
  ASSERT_NE(asked, nullptr) << text_of(reply);
  auto const sign = domain::approval::Sign{.approval = asked->approval, .person = kBob};
  ASSERT_EQ(code_of(world.ask(sign)), "done");
}

// The fault: the approval stayed granted, and the next decision that needed one took it for its
// own.
TEST(Record, ThatIsTooLargeForWhatPeopleAgreedOnEndsTheirApproval) {
  Opened world;
  domain::mode::Set resume = reasoned("drill");
  resume.mode = domain::mode::Mode::stop;
  world.ask(resume);
  resume.mode = domain::mode::Mode::normal;
  auto const asked = propose_largest(world, resume);
  // Until it is decided its facts grow: by those who are named since, and do not count yet.
  constexpr int kNamed = 20;
  for (int i = 0; i < kNamed; ++i) name_approver(world, fmt::format("{:02}{:p>60}", i, ""));
  auto const size = world.size();
  auto const answer = world.ask(domain::approval::Sign{.approval = asked.approval, .person = kBob});
  EXPECT_EQ(code_of(answer), "payload_too_large");
  EXPECT_EQ(world.events(size), (std::vector<std::string>{"approval.signed", "approval.aborted"}));
  EXPECT_EQ(world.loop->directory()->approvals.size(), 0u);
  resume.reason = "drill";
  EXPECT_EQ(code_of(world.ask(resume)), "needs_approval");
}

// The bound that is documented: 1,000 kinds with names of 64 characters.
TEST(Lease, FitsIntoItsRecordHoweverManyKindsItNames) {
  Opened world;
  std::vector<JobName> jobs;
  for (int i = 0; i < 1'000; ++i)
    jobs.emplace_back(fmt::format("{:04}-{}", i, std::string(59, 'n')));
  jobs.push_back(kFixed);
  world.ask(submission("k"));
  auto const answer =
      world.ask(domain::run::Lease{.jobs = jobs, .tenant = std::nullopt, .worker = "w"});
  ASSERT_NE(answer.entry, nullptr) << code_of(answer);
  EXPECT_EQ(recorded_jobs(answer), std::vector{kFixed});
}

TEST(Lease, KeepsAShortListOfKindsInItsRecord) {
  Opened world;
  world.ask(submission("k"));
  std::vector<JobName> const jobs{kReported, kFixed};
  auto const answer =
      world.ask(domain::run::Lease{.jobs = jobs, .tenant = std::nullopt, .worker = "w"});
  ASSERT_NE(answer.entry, nullptr) << code_of(answer);
  EXPECT_EQ(recorded_jobs(answer), jobs);
}

TEST(Key, GivesARacerTheFirstAnswerAndOneGrant) {
  Opened world;
  auto const first = world.post(grant("k", Micros(7)));
  auto const second = world.post(grant("k", Micros(7)));
  auto const other = world.post(grant("k", Micros(8)));
  world.step();
  EXPECT_EQ(first->answers + second->answers + other->answers, 0);  // not durable yet
  world.settle();
  EXPECT_EQ(code_of(*first->answer), "done");
  EXPECT_EQ(second->answer->reply,
            domain::Reply(domain::Replayed{first->answer->entry->recorded.header.seq}));
  EXPECT_EQ(code_of(*other->answer), "idempotency_key_reused");
  auto const budget = world.read_budget();
  world.settle();
  EXPECT_EQ(budget->answer->tenant->balances.of(domain::AccountKind::available),
            kGrant + Micros(7));
}

TEST(Key, IsKnownAfterARestartAndInHalt) {
  Opened world;
  world.ask(grant("k", Micros(7)));
  domain::mode::Set halt = reasoned("r");
  halt.mode = domain::mode::Mode::halt;
  world.ask(halt);
  world.restart();
  EXPECT_EQ(code_of(world.ask(grant("k", Micros(7)))), "replayed");
  EXPECT_EQ(code_of(world.ask(grant("new", Micros(7)))), "halted");
}

TEST(Key, IsForgottenByTheArchiveWhichComesToRest) {
  Opened world;
  world.ask(grant("k", Micros(7)));
  world.ask(submission("of a run that waits for ever"));
  domain::mode::Set stop = reasoned("r");
  stop.mode = domain::mode::Mode::stop;
  world.ask(stop);  // the queue's clock stands still, and the archive with it
  world.live_through(hours(24 * 8));
  EXPECT_EQ(code_of(world.ask(submission("of a run that waits for ever"))), "replayed");
  EXPECT_EQ(code_of(world.ask(grant("k", Micros(7)))), "done");
}

}  // namespace
}  // namespace tally::ledger::testing
