// People, and the keys that others make for them: two people are two.

#include "domain/world_fixture.h"

namespace tally::domain::testing {
namespace {

PersonId const kCid("cid");

ApprovalId approval_of(Outcome const& outcome) {
  auto const* reply = std::get_if<NeedsApproval>(&outcome.reply);
  return reply == nullptr ? ApprovalId{} : reply->approval;
}

Outcome sign(World& world, Outcome const& proposed, PersonId const& person = kBob) {
  return world.ask(approval::Sign{.approval = approval_of(proposed), .person = person});
}

directory::AddPerson adding(char const* who, std::set<std::string> roles) {
  return {.name = "", .person = kAnn, .subject = PersonId(who), .roles = std::move(roles)};
}

KeyId key_in(Outcome const& outcome, std::size_t index) {
  auto const* event = event_in<directory::Events, directory::KeyCreated>(outcome, index);
  EXPECT_NE(event, nullptr) << text_of(outcome);
  return event == nullptr ? KeyId{} : event->key;
}

// The opening, and nobody but ann.
struct Alone {
  Alone() {
    auto const proposed = world.ask(directory::RemovePerson{.person = kAnn, .subject = kBob});
    EXPECT_EQ(text_of(sign(world, proposed)), "approval.signed+person.removed");
  }
  World world;
};

TEST(People, WithTheRoleApproverOrAdminAreNamedByTwo) {
  World world;
  for (char const* role : {"approver", "admin"}) {
    std::string const name = std::string("an-") + role;
    auto const proposed = world.ask(adding(name.c_str(), {role, "viewer"}));
    EXPECT_EQ(text_of(proposed), "approval.proposed");
    EXPECT_EQ(world.state.people.find(PersonId(name)), nullptr);
    EXPECT_EQ(text_of(sign(world, proposed)), "approval.signed+person.added");
  }
  EXPECT_EQ(text_of(world.ask(adding("eve", {"viewer", "operator"}))), "person.added");
}

TEST(People, AreNotCalledAsTheServerCallsItself) {
  World world;
  for (char const* name : {"server", "system", "tally", "worker", "root", "nobody"})
    EXPECT_EQ(text_of(world.ask(adding(name, {"viewer"}))), "validation_error") << name;
}

TEST(People, TheFirstCountsFromTheOpening) {
  World world;
  auto const& ann = world.state.people.at(kAnn);
  EXPECT_EQ(ann.counts_from, ann.added_at);
  auto const& bob = world.state.people.at(kBob);
  EXPECT_EQ(bob.counts_from, bob.added_at + kNewcomerPeriod);
}

TEST(People, WhoWereRemovedAreNoOnesAgain) {
  Alone alone;
  World& world = alone.world;
  EXPECT_TRUE(world.state.people.at(kBob).removed_at);
  EXPECT_EQ(text_of(world.ask(adding("bob", {"viewer"}))), "conflict");
  EXPECT_EQ(text_of(world.ask(directory::RemovePerson{.person = kAnn, .subject = kBob})), "done");
  EXPECT_EQ(text_of(world.make_key_for(kBob)), "validation_error");
  EXPECT_EQ(text_of(world.ask(directory::RemovePerson{.person = kAnn, .subject = kCid})),
            "not_found");
}

TEST(People, AreRemovedByOneWhereTheyHaveNoSay) {
  World world;
  world.ask(adding("eve", {"operator"}));
  EXPECT_EQ(text_of(world.ask(directory::RemovePerson{.person = kAnn, .subject = PersonId("eve")})),
            "person.removed");
}

TEST(People, OfWhomTheQuorumIsMadeStay) {
  World world;
  sign(world, world.ask(adding("cid", {"approver"})));
  ASSERT_NE(world.state.people.find(kCid), nullptr) << "named by two";
  auto const proposed = world.ask(quorum_of(3));
  EXPECT_EQ(text_of(sign(world, proposed)), "approval.signed+config.changed");
  EXPECT_EQ(text_of(world.ask(directory::RemovePerson{.person = kAnn, .subject = kCid})),
            "conflict");
}

TEST(People, TheLastWhoCountsStays) {
  Alone alone;
  alone.world.ask(adding("dan", {"approver"}));
  EXPECT_EQ(text_of(alone.world.ask(directory::RemovePerson{.person = kAnn, .subject = kAnn})),
            "conflict");
}

TEST(Quorum, IsNotAboveThePeopleWhoAreNamed) {
  World world;
  auto set = [&](std::int64_t quorum) { return text_of(world.ask(quorum_of(quorum))); };
  EXPECT_EQ(set(1), "validation_error");
  EXPECT_EQ(set(11), "validation_error");
  EXPECT_EQ(set(3), "conflict");
  EXPECT_EQ(set(2), "done");
}

// Whoever can write the file is not two people.
TEST(Quorum, OfAFileIsAProposalWhileTwoCount) {
  World world;
  EXPECT_EQ(text_of(world.ask(file_with(setting::kQuorum, 3))), "conflict");  // two are named
  auto const added = std::get<NeedsApproval>(world.ask(adding("cid", {"approver"})).reply).approval;
  world.ask(approval::Sign{.approval = added, .person = kBob});
  auto const proposed = world.ask(file_with(setting::kQuorum, 3));
  EXPECT_EQ(text_of(proposed), "approval.proposed");
  EXPECT_EQ(world.state.settings.of(setting::kQuorum), 2);
  auto const approval = std::get<NeedsApproval>(proposed.reply).approval;
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kAnn})),
            "approval.signed");
  EXPECT_EQ(text_of(world.ask(approval::Sign{.approval = approval, .person = kBob})),
            "approval.signed+config.changed");
}

TEST(Quorum, OfAFileHoldsWhereOneCountsAndIsRefusedAboveTheNamed) {
  Alone alone;
  World& world = alone.world;
  EXPECT_EQ(text_of(world.ask(file_with(setting::kQuorum, 3))), "config.changed");
  EXPECT_EQ(world.state.settings.of(setting::kQuorum), 3);
  world.ask(adding("dan", {"approver"}));
  EXPECT_EQ(text_of(world.ask(file_with(setting::kQuorum, 3))), "done");
  EXPECT_EQ(text_of(world.ask(file_with(setting::kQuorum, 4))), "conflict");
  EXPECT_EQ(text_of(world.ask(file_with(setting::kQuorum, 2))), "config.changed");
}

// Else two would count where three must agree, and nobody could name the third.
TEST(Quorum, KeepsANewcomerFromCountingWhileTooFewAreNamed) {
  Alone alone;
  World& world = alone.world;
  world.ask(file_with(setting::kQuorum, 3));
  world.ask(adding("dan", {"approver"}));
  auto const made = world.make_key_for(PersonId("dan"));
  EXPECT_EQ(text_of(world.claim(made, "code of dan")), "conflict");
  world.ask(adding("eve", {"approver"}));
  EXPECT_EQ(text_of(world.claim(made, "code of dan")), "key.claimed");
}

TEST(Keys, ForAnotherPersonAreClaimedAndHaveNoTokenBefore) {
  World world;
  world.ask(adding("eve", {"viewer"}));
  auto const made = world.make_key_for(PersonId("eve"), kAnn, {"runs:read"});
  EXPECT_EQ(text_of(made), "key.created");
  KeyId const key = key_in(made, 0);
  EXPECT_EQ(world.state.keys.at(key).secret_sha256, Digest{});
  EXPECT_TRUE(world.state.keys.at(key).claim->shown);  // in the answer that made it
  EXPECT_EQ(text_of(world.claim(key, "code of somebody")), "not_found");
  EXPECT_EQ(text_of(world.claim(key, "code of eve")), "key.claimed");
  EXPECT_EQ(world.state.keys.at(key).counts_from, world.at + kNewcomerPeriod);
  EXPECT_EQ(text_of(world.claim(key, "code of eve")), "not_found");  // once
}

TEST(Keys, AreClaimedWithin72Hours) {
  World world;
  world.ask(adding("eve", {"viewer"}));
  auto const made = world.make_key_for(PersonId("eve"), kAnn, {"runs:read"});
  world.pass(hours(72));
  EXPECT_EQ(text_of(world.claim(made, "code of eve")), "not_found");
  world.at = world.at - microseconds(1);
  EXPECT_EQ(text_of(world.claim(made, "code of eve")), "key.claimed");
}

TEST(Keys, ThatWereRevokedOrWhosePersonIsGoneAreNotClaimed) {
  World world;
  world.ask(adding("eve", {"viewer"}));
  auto const first = world.make_key_for(PersonId("eve"), kAnn, {"runs:read"});
  auto const second = world.make_key_for(PersonId("eve"), kAnn, {"runs:read"});
  world.ask(directory::RevokeKey{.key = key_in(first, 0), .person = kAnn});
  EXPECT_EQ(text_of(world.claim(first, "code of eve")), "not_found");
  world.ask(directory::RemovePerson{.person = kAnn, .subject = PersonId("eve")});
  EXPECT_EQ(text_of(world.claim(second, "code of eve")), "not_found");
}

TEST(Keys, ForAnotherNeedAClaimAndForOneselfHaveNone) {
  World world;
  directory::CreateKey command;
  command.owner = kBob;
  command.person = kAnn;
  command.scopes = {"approve"};
  command.secret_sha256 = sha256(as_bytes("tk_of_the_proposer"));
  command.tenant = kAcme;
  EXPECT_EQ(text_of(world.ask(command)), "validation_error");
  command.owner = kAnn;
  EXPECT_EQ(text_of(world.ask(command)), "key.created");
  command.claim = directory::ClaimSeed{.code_sha256 = sha256(as_bytes("c")), .salt = {}};
  EXPECT_EQ(text_of(world.ask(command)), "validation_error");
}

// The proposer sees the code after the last signature, once; nobody else does.
TEST(Keys, ForAnApproverTakeAnApprovalAndTheirCodeIsShownOnce) {
  World world;
  auto const proposed = world.make_key_for(kBob);
  EXPECT_EQ(text_of(proposed), "approval.proposed");
  auto const made = sign(world, proposed);
  EXPECT_EQ(text_of(made), "approval.signed+key.created");
  KeyId const key = key_in(made, 1);
  auto show = [&](PersonId const& who) {
    return text_of(world.ask(directory::ShowClaimCode{.key = key, .person = who}));
  };
  EXPECT_EQ(show(kBob), "forbidden");
  EXPECT_EQ(show(kAnn), "key.claim_code_shown");
  EXPECT_EQ(show(kAnn), "conflict");
}

// A key that a young key makes for its own person is as young.
TEST(Keys, OfOneselfCountFromWhenTheKeyDidThatMadeThem) {
  World world;
  auto const made = sign(world, world.make_key_for(kBob, kAnn, {"admin"}));
  KeyId const young = key_in(made, 1);
  EXPECT_EQ(text_of(world.claim(young, "code of bob")), "key.claimed");
  directory::CreateKey command;
  command.asked_with = young;
  command.owner = kBob;
  command.person = kBob;
  command.scopes = {"approve"};
  command.secret_sha256 = sha256(as_bytes("tk_b2"));
  command.tenant = kAcme;
  auto const own = world.ask(command);
  ASSERT_EQ(text_of(own), "key.created");
  EXPECT_EQ(world.state.keys.at(key_in(own, 0)).counts_from, world.at + kNewcomerPeriod);
}

}  // namespace
}  // namespace tally::domain::testing
