// People who lost the keys that they sign with: who counts then, and how they get another.

#include "domain/who_counts.h"
#include "domain/world_fixture.h"

namespace tally::domain::testing {
namespace {

PersonId const kCid("cid");
constexpr Duration kDay = hours(24);

std::set<PersonId> counted(World const& world) {
  return approvers_of(world.state, directory::Commands(directory::RemovePerson{}), {}, world.at)
      .counted;
}

KeyId key_of_person(World const& world, PersonId const& person) {
  KeyId found;
  world.state.keys.each([&](KeyId id, directory::Key const& key) {
    if (key.person == person && may_sign(key)) found = id;
  });
  return found;
}

std::string revoke(World& world, KeyId key, PersonId const& by = kAnn) {
  return text_of(world.ask(directory::RevokeKey{.key = key, .person = by}));
}

directory::AddPerson adding(char const* who) {
  return {.name = "", .person = kAnn, .subject = PersonId(who), .roles = {"approver"}};
}

directory::CreateKey own_key(PersonId const& person, std::set<std::string> scopes) {
  directory::CreateKey command;
  command.owner = person;
  command.person = person;
  command.scopes = std::move(scopes);
  command.secret_sha256 = sha256(as_bytes("tk_of_" + person.value()));
  command.tenant = kAcme;
  return command;
}

// Ann and bob, each with one key that signs.
struct Two : World {
  Two() { ask(own_key(kAnn, {"admin"})); }
};

// Else nobody could give bob another key: that takes bob.
TEST(LostKeys, OfWhoHasNoOtherEndTheirSayADayLater) {
  Two world;
  EXPECT_EQ(revoke(world, key_of_person(world, kBob)), "key.revoked");
  world.pass(kDay - microseconds(1));
  EXPECT_EQ(counted(world), (std::set{kAnn, kBob}));
  world.pass(microseconds(1));
  EXPECT_EQ(counted(world), std::set{kAnn});
  auto const made = world.make_key_for(kBob);
  EXPECT_EQ(text_of(made), "approval.proposed+approval.signed+key.created");
  EXPECT_EQ(text_of(world.claim(made, "code of bob")), "key.claimed");
  EXPECT_EQ(counted(world), std::set{kAnn});
  world.pass(kDay);
  EXPECT_EQ(counted(world), (std::set{kAnn, kBob}));
}

// Or one of two would revoke the other's key and decide alone a moment later.
TEST(LostKeys, MakeNobodyASingleOperatorAtOnce) {
  Two world;
  revoke(world, key_of_person(world, kBob));
  auto const proposed = world.ask(adding("dan"));
  ASSERT_EQ(text_of(proposed), "approval.proposed");
  auto const id = std::get<NeedsApproval>(proposed.reply).approval;
  EXPECT_EQ(hopeless(world.state, world.state.approvals.at(id), world.at),
            "too few of the people who counted are left to sign it");
}

TEST(LostKeys, AreNoLossWhereAnotherSigns) {
  Two world;
  KeyId const first = key_of_person(world, kBob);
  EXPECT_EQ(text_of(world.ask(own_key(kBob, {"approve"}))), "key.created");
  revoke(world, first);
  world.pass(kDay);
  EXPECT_EQ(counted(world), (std::set{kAnn, kBob}));
}

TEST(LostKeys, ThatExpireEndTheSayAsThoseThatAreRevoked) {
  World world;
  world.add_person(kCid, "approver", kAnn);
  auto command = key_to_claim(kCid, "code of cid");
  command.expires_at = world.at + hours(48);
  world.claim(world.agree(world.ask(command)), "code of cid");
  world.pass(hours(47));
  EXPECT_TRUE(counted(world).contains(kCid));
  world.pass(hours(24));
  EXPECT_TRUE(counted(world).contains(kCid));
  world.pass(hours(1));
  EXPECT_FALSE(counted(world).contains(kCid));
}

TEST(Keys, ThatCannotSignLetNobodyCount) {
  World world;
  world.add_person(kCid, "approver", kAnn);
  world.claim(world.agree(world.make_key_for(kCid, kAnn, {"runs:write"})), "code of cid");
  world.pass(hours(48));
  EXPECT_EQ(counted(world), (std::set{kAnn, kBob}));
}

TEST(LostKeys, AreReplacedByAllWhoCountWhereThoseAreFewerThanMustAgree) {
  World world;
  world.add_approver(kCid);
  world.pass(hours(48));
  auto const three = world.ask(quorum_of(3));
  EXPECT_EQ(text_of(world.agree(three)), "approval.signed+config.changed");
  revoke(world, key_of_person(world, kCid));
  world.pass(kDay);
  EXPECT_EQ(text_of(world.ask(adding("dan"))), "conflict");
  auto const made = world.agree(world.make_key_for(kCid));
  EXPECT_EQ(text_of(made), "approval.signed+key.created");
  EXPECT_EQ(text_of(world.claim(made, "code of cid")), "key.claimed");
  world.pass(kDay);
  EXPECT_EQ(counted(world).size(), 3u);
}

TEST(Keys, TheLastByWhichAnybodyDecidesIsKept) {
  Two world;
  world.ask(own_key(kAnn, {"runs:write"}));  // decides nothing
  EXPECT_EQ(revoke(world, key_of_person(world, kBob)), "key.revoked");
  EXPECT_EQ(revoke(world, key_of_person(world, kAnn)), "conflict");
}

// While one decided alone, the quorum may have been set above what can be met.
TEST(Quorum, KeepsWhoReturnsFromCountingWhileTooFewAreNamed) {
  Two world;
  revoke(world, key_of_person(world, kBob));
  world.pass(kDay);
  auto const made = world.make_key_for(kBob);
  world.state.settings.set(setting::kQuorum.name, 3);
  EXPECT_EQ(text_of(world.claim(made, "code of bob")), "conflict");
  world.state.settings.reset(setting::kQuorum.name);
  EXPECT_EQ(text_of(world.claim(made, "code of bob")), "key.claimed");
}

}  // namespace
}  // namespace tally::domain::testing
