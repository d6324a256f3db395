// `tally why` on a data directory, without a server.

#include <gtest/gtest.h>

#include "cli/ledger_fixture.h"
#include "cli/program_fixture.h"
#include "domain/next_id.h"
#include "wire/idempotency_key.h"

namespace tally::cli {
namespace {

// A ledger with one run that was accepted and one that was refused for money.
class Story {
 public:
  Story() {
    ledger_.fill();
    ledger_.register_job();
    submit("fits", Micros(50'000));
    submit("too-much", Micros(150'000'000));
    submit("paid", Micros(150'000'000));
    grant_to_another("paid");
    error_seq_ = ledger_.state().ledger.seq_next;
    domain::error::Recorded error;
    error.component = "start";
    error.error_class = ErrorClass::system_configuration;
    error.layer = Layer::L6;
    error.message = "a kind was refused";
    ledger_.decide(domain::error::Commands(error));
    ledger_.end_frame();
  }

  Ran why(std::string const& subject, std::vector<std::string> const& more = {}) const {
    std::vector<std::string> words{"why", subject, "--data", ledger_.data()};
    words.insert(words.end(), more.begin(), more.end());
    return run_tally(words);
  }
  // Made and revoked by the operator, who has another.
  KeyId revoked_key() {
    PersonId const person("operator");
    ledger_.decide(domain::directory::Commands(domain::directory::AddPerson{
        .name = "Operator", .person = person, .subject = person, .roles = {"admin"}}));
    domain::directory::CreateKey create;
    create.owner = person;
    create.person = person;
    create.scopes = {"runs:read"};
    create.tenant = TenantId("default");
    ledger_.decide(domain::directory::Commands(create));
    KeyId key;
    ledger_.state().keys.each([&](KeyId id, domain::directory::Key const&) { key = id; });
    ledger_.decide(
        domain::directory::Commands(domain::directory::RevokeKey{.key = key, .person = person}));
    ledger_.end_frame();
    return key;
  }
  RunId run() const {
    RunId found;
    ledger_.state().runs.each([&](RunId id, domain::run::Row const&) { found = id; });
    return found;
  }
  ErrorId error() const { return domain::error_id(ledger_.state().ledger.id_key, error_seq_); }
  std::string const& data() const { return ledger_.data(); }

 private:
  // With a key of tenant "default".
  void grant_to_another(std::string const& key) {
    TenantId const acme("acme");
    PersonId const person("operator");
    ledger_.decide(domain::directory::Commands(domain::directory::CreateTenant{
        .person = person, .plan = PlanName("unlimited"), .tenant = acme}));
    ledger_.decide(domain::budget::Commands(domain::budget::Grant{
                       .amount = Micros(5'000'000), .person = person, .tenant = acme}),
                   domain::IdempotencyKey{
                       .fingerprint = {},
                       .key = wire::idempotency_digest(
                           TenantId("default"), "POST /v1/admin/tenants/{tenant}/grants", key)});
  }
  void submit(std::string const& key, Micros max_cost) {
    TenantId const tenant("default");
    domain::run::Submit submit;
    submit.job = JobName("j");
    submit.key = KeyId(5);
    submit.labels = {{"team", "red"}};
    submit.max_cost = max_cost;
    submit.tenant = tenant;
    ledger_.decide(
        domain::run::Commands(submit),
        domain::IdempotencyKey{.fingerprint = {},
                               .key = wire::idempotency_digest(tenant, "POST /v1/runs", key)});
  }

  LedgerFixture ledger_;
  std::int64_t error_seq_ = 0;
};

// The commands under "proof", as words without "tally".
std::vector<std::vector<std::string>> proofs_in(std::string const& out) {
  std::vector<std::vector<std::string>> commands;
  std::istringstream lines(out);
  for (std::string line; std::getline(lines, line);) {
    auto const at = line.find("tally ");
    bool const proof =
        at != std::string::npos && (contains(line, " replay ") || contains(line, " ledger prove "));
    if (!proof) continue;
    std::istringstream words(line.substr(at + 6));
    commands.emplace_back();
    for (std::string word; words >> word;) commands.back().push_back(word);
  }
  return commands;
}

}  // namespace

TEST(Why, OfARunIsOneScreenWithTheNumbersOfTheDecision) {
  Story const story;
  Ran const ran = story.why(to_text(story.run()));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(ran.out.starts_with(to_text(story.run()) + " queued\n  asked     a run of j for at "
                                                         "most 0.0500 USD, by key_"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "labels team=red")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "accepted: holds 0.0500, within the 100.0000 available"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "asked_usd 0.0500, available_usd 100.0000")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "  cost      holds 0.0500 USD until it ends\n")) << ran.out;
  EXPECT_LE(std::count(ran.out.begin(), ran.out.end(), '\n'), 24);
}

TEST(Why, OfARefusalIsFoundByItsIdempotencyKey) {
  Story const story;
  Ran const ran = story.why("too-much");
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(ran.out.starts_with("too-much refused\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out,
                       "refused, budget_exceeded: asked 150.0000, and tenant:default has "
                       "99.9500 available and 0.0500 held"))
      << ran.out;
  EXPECT_TRUE(contains(ran.out, "tally budget grant default 50.0500, or more")) << ran.out;
  EXPECT_TRUE(contains(ran.out, "a --max-cost of at most 99.9500")) << ran.out;
}

TEST(Why, OfAKeyNamesItsRevocationAndTheTrueDirectory) {
  Story story;
  KeyId const key = story.revoked_key();
  Ran const ran = story.why(to_text(key));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, to_text(key) + " revoked\n")) << ran.out;
  EXPECT_TRUE(contains(ran.out, to_text(key) + " was revoked by operator\n")) << ran.out;
  auto const proofs = proofs_in(ran.out);
  ASSERT_EQ(proofs.size(), 2u) << ran.out;
  for (auto const& proof : proofs) {
    EXPECT_EQ(proof.back(), story.data());
    if (proof.at(0) != "replay") continue;  // a proof needs a checkpoint over its event
    EXPECT_EQ(run_tally(proof).code, ExitCode::yes) << ran.out;
  }
}

TEST(Why, EndsInCommandsThatProveIt) {
  Story const story;
  for (std::string const& subject : {std::string("fits"), std::string("too-much")}) {
    Ran const ran = story.why(subject);
    auto const commands = proofs_in(ran.out);
    EXPECT_GE(commands.size(), 2u) << ran.out;
    for (auto const& words : commands) {
      if (words.at(0) != "replay") continue;  // a proof needs a checkpoint over its event
      Ran const proof = run_tally(words);
      EXPECT_EQ(proof.code, ExitCode::yes) << proof.err << proof.out;
    }
  }
}

TEST(Why, OfAnyRequestIsFoundByItsIdempotencyKey) {
  Story const story;
  Ran const ran = story.why("paid");
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, "asked     a grant of 5.0000 USD to tenant acme, by ")) << ran.out;
  std::string_view const other = "; the same key answered another request, too: tally why ";
  auto const at = ran.out.find(other);
  ASSERT_NE(at, std::string::npos) << ran.out;
  std::string const name = ran.out.substr(at + other.size());
  Ran const refused = story.why(name.substr(0, name.find('\n')));
  EXPECT_TRUE(contains(refused.out, "budget_exceeded")) << refused.out << refused.err;
}

TEST(Why, OfAnErrorOfNoRunLeadsToTheCommandThatShowsIt) {
  Story const story;
  Ran const ran = story.why(to_text(story.error()));
  EXPECT_EQ(ran.code, ExitCode::yes) << ran.err;
  EXPECT_TRUE(contains(ran.out, "an error was recorded; who may read errors")) << ran.out;
}

TEST(Why, WithoutASubjectOrOfNoneSaysWhatASubjectIs) {
  Ran const none = run_tally({"why"});
  EXPECT_EQ(none.code, ExitCode::usage);
  EXPECT_TRUE(contains(none.err, "why: a subject is missing; it is a run (run_...)")) << none.err;
  Ran const approval = run_tally({"why", "apr_0123456789abcdef"});
  EXPECT_EQ(approval.code, ExitCode::usage);
  EXPECT_TRUE(contains(approval.err, "tally approvals shows")) << approval.err;
}

TEST(Why, OfNothingIsNoAndOfNoLedgerIsUsage) {
  Story const story;
  EXPECT_EQ(story.why("never-used").code, ExitCode::no);
  EXPECT_EQ(story.why("run_00000000000000ff").code, ExitCode::no);
  EXPECT_EQ(run_tally({"why", "k", "--data", "/nonexistent"}).code, ExitCode::usage);
}

TEST(Why, SaysTheSameAsJson) {
  Story const story;
  Ran const ran = story.why("fits", {"--json"});
  EXPECT_TRUE(contains(ran.out, R"("kind":"idempotency_key")")) << ran.out;
  EXPECT_TRUE(contains(ran.out, R"("run_id":")" + to_text(story.run()))) << ran.out;
}

}  // namespace tally::cli
