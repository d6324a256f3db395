#include "domain/run_fixture.h"

namespace tally::domain::testing {
namespace {

directory::CreateKey key_for(TenantId const& tenant, PersonId const& owner) {
  directory::CreateKey command;
  command.owner = owner;
  command.person = kAnn;
  command.scopes = {"runs:write"};
  command.secret_sha256 = sha256(as_bytes("tk_secret"));
  command.tenant = tenant;
  return command;
}

TEST(Tenants, NeedANameOfTheirOwnAndAPlanThatExists) {
  World world;
  auto create = [&](char const* name, char const* plan) {
    return text_of(world.ask(
        directory::CreateTenant{.person = kAnn, .plan = PlanName(plan), .tenant = TenantId(name)}));
  };
  EXPECT_EQ(create("new", "unlimited"), "tenant.created");
  EXPECT_EQ(create("new", "unlimited"), "conflict");
  EXPECT_EQ(create("other", "no-such-plan"), "validation_error");
  for (auto bad : {"", "Upper", "white space", "a/b"})
    EXPECT_EQ(create(bad, "unlimited"), "validation_error") << bad;
}

TEST(Grants, AddCreditsToATenantThatExists) {
  World world;
  auto grant = [&](TenantId const& tenant, Micros amount) {
    return text_of(world.ask(budget::Grant{.amount = amount, .person = kAnn, .tenant = tenant}));
  };
  EXPECT_EQ(grant(kAcme, Micros(5)), "budget.granted");
  EXPECT_EQ(world.balance(AccountKind::available), kGrant + Micros(5));
  EXPECT_EQ(world.balances().credits(), kGrant + Micros(5));
  EXPECT_EQ(grant(kAcme, Micros(0)), "validation_error");
  EXPECT_EQ(grant(kAcme, Micros(-5)), "validation_error");
  EXPECT_EQ(grant(kAcme, kAmountMax), "validation_error");
  EXPECT_EQ(grant(kAcme, kAmountMax - kGrant - Micros(5)), "budget.granted");
  EXPECT_EQ(grant(kBeta, Micros(5)), "not_found");
}

TEST(Withdrawals, TakeBackWhatIsAvailableAndNoMore) {
  World world;
  auto withdraw = [&](TenantId const& tenant, Micros amount) {
    return world.ask(budget::Withdraw{.amount = amount, .person = kAnn, .tenant = tenant});
  };
  Micros const held = kHold;
  world.ask(submission("k"));
  Micros const open = world.balance(AccountKind::available);
  EXPECT_EQ(open, kGrant - held);
  auto const before = world.history.size();
  auto const refused = withdraw(kAcme, open + Micros(1));
  EXPECT_EQ(text_of(refused), "conflict");
  EXPECT_NE(std::get<Refusal>(refused.reply).detail.find(format_usd(open) + " are available"),
            std::string::npos);
  EXPECT_EQ(world.history.size(), before);
  EXPECT_EQ(world.balance(AccountKind::available), open);
  EXPECT_EQ(text_of(withdraw(kAcme, open)), "budget.withdrawn");
  EXPECT_EQ(world.balance(AccountKind::available), Micros(0));
  EXPECT_EQ(world.balance(AccountKind::held), held);
  EXPECT_EQ(world.balances().credits(), held);
  EXPECT_EQ(text_of(withdraw(kAcme, Micros(1))), "conflict");
  EXPECT_EQ(text_of(withdraw(kAcme, Micros(0))), "validation_error");
  EXPECT_EQ(text_of(withdraw(kAcme, Micros(-1))), "validation_error");
  EXPECT_EQ(text_of(withdraw(kBeta, Micros(1))), "not_found");
}

TEST(People, HaveAnIdAndRolesThatAreKnown) {
  World world;
  auto add = [&](char const* id, std::set<std::string> roles) {
    return text_of(world.ask(directory::AddPerson{
        .name = "", .person = kAnn, .subject = PersonId(id), .roles = std::move(roles)}));
  };
  EXPECT_EQ(add("cid", {"viewer", "operator"}), "person.added");
  EXPECT_EQ(add("cid", {"viewer"}), "conflict");
  EXPECT_EQ(add("dan", {"king"}), "validation_error");
  EXPECT_EQ(add("Not A Name", {"viewer"}), "validation_error");
  EXPECT_EQ(world.state.people.at(PersonId("cid")).added_by, kAnn);
}

TEST(Keys, BelongToARegisteredPersonAndATenant) {
  World world;
  EXPECT_EQ(text_of(world.ask(key_for(kAcme, kAnn))), "key.created");
  EXPECT_EQ(text_of(world.ask(key_for(kAcme, PersonId("nobody")))), "validation_error");
  EXPECT_EQ(text_of(world.ask(key_for(kBeta, kAnn))), "not_found");
}

TEST(Keys, HaveKnownScopesAndAnEndInTheFuture) {
  World world;
  auto with = [&](std::set<std::string> scopes, std::optional<Instant> end = std::nullopt) {
    auto command = key_for(kAcme, kAnn);
    command.scopes = std::move(scopes);
    command.expires_at = end;
    return text_of(world.ask(command));
  };
  EXPECT_EQ(with({}), "validation_error");
  EXPECT_EQ(with({"runs:write", "everything"}), "validation_error");
  EXPECT_EQ(with({"work"}, world.at), "validation_error");
  EXPECT_EQ(with({"work"}, world.at + microseconds(1)), "key.created");
}

TEST(Keys, AreRevokedOnce) {
  World world;
  auto const created = world.ask(key_for(kAcme, kAnn));
  auto const* event = event_in<directory::Events, directory::KeyCreated>(created);
  ASSERT_NE(event, nullptr);
  directory::RevokeKey const revoke{.key = event->key, .person = kAnn};
  EXPECT_EQ(text_of(world.ask(revoke)), "key.revoked");
  EXPECT_TRUE(world.state.keys.at(event->key).revoked);
  EXPECT_EQ(text_of(world.ask(revoke)), "done");
  EXPECT_EQ(text_of(world.ask(directory::RevokeKey{.key = KeyId(1), .person = kAnn})), "not_found");
}

TEST(Keys, TheLastThatMayAdministerIsKept) {
  World world;
  auto const admin = [&](std::optional<Instant> expires_at) {
    auto command = key_for(kAcme, kAnn);
    command.expires_at = expires_at;
    command.scopes = {"admin"};
    auto const created = world.ask(command);
    return directory::RevokeKey{
        .key = event_in<directory::Events, directory::KeyCreated>(created)->key, .person = kAnn};
  };
  auto const first = admin({});
  EXPECT_EQ(text_of(world.ask(first)), "conflict");
  auto const passing = admin(world.at + seconds(60));
  EXPECT_EQ(text_of(world.ask(first)), "conflict");  // in a minute nobody could get in
  EXPECT_EQ(text_of(world.ask(passing)), "key.revoked");
  auto const second = admin({});
  EXPECT_EQ(text_of(world.ask(first)), "key.revoked");
  EXPECT_EQ(text_of(world.ask(second)), "conflict");
}

TEST(Keys, HaveIdsThatDoNotRepeat) {
  World world;
  std::set<KeyId> ids;
  for (int i = 0; i < 100; ++i) {
    auto const created = world.ask(key_for(kAcme, kAnn));
    ids.insert(event_in<directory::Events, directory::KeyCreated>(created)->key);
  }
  EXPECT_EQ(ids.size(), 100u);
}

TEST(Plans, HaveARateOfAtLeastASecondAndZeroMeansNone) {
  World world;
  auto set = [&](std::optional<directory::Rate> rate) {
    directory::SetPlan command{.person = kAnn, .plan = PlanName("p"), .row = {}};
    command.row.rate = rate;
    return text_of(world.ask(command));
  };
  EXPECT_EQ(set(directory::Rate{.requests = 0, .window = seconds(1)}), "plan.set");
  EXPECT_EQ(set(directory::Rate{.requests = 0, .window = seconds(1)}), "done");
  EXPECT_EQ(set(directory::Rate{.requests = -1, .window = seconds(1)}), "validation_error");
  EXPECT_EQ(set(directory::Rate{.requests = 1, .window = milliseconds(999)}), "validation_error");
  EXPECT_EQ(set(std::nullopt), "plan.set");
}

TEST(Jobs, AreRecordedWhenSomethingChanged) {
  World world;
  auto kind = job_kind(kFixed, run::Runner::command, false);
  EXPECT_EQ(text_of(world.ask(directory::RegisterJob{kind})), "done");
  kind.price.fixed = Micros(2000);
  EXPECT_EQ(text_of(world.ask(directory::RegisterJob{kind})), "job.registered");
  EXPECT_EQ(world.state.jobs.at(kFixed).price.fixed, Micros(2000));
}

}  // namespace
}  // namespace tally::domain::testing
