// Two people over HTTP: keys that are claimed, who counts, and the scope that signs.

#include <gtest/gtest.h>

#include "api/claim_code.h"
#include "api/test_world.h"

namespace tally::api {
namespace {

constexpr Duration kDay = seconds(86'400);

std::string id_at(SentPtr const& sent, char const* name) { return text_at(sent->body(), {name}); }

SentPtr add(World& world, std::string const& person, std::string const& role) {
  return world.send("POST", "/v1/admin/people", world.admin,
                    R"({"person":")" + person + R"(","name":"N","roles":[")" + role + R"("]})");
}

SentPtr make_key(World& world, std::string const& token, std::string const& owner,
                 std::string const& scopes) {
  return world.send("POST", "/v1/admin/keys", token,
                    R"({"tenant":"default","owner":")" + owner + R"(","scopes":[)" + scopes + "]}");
}

SentPtr claim(World& world, std::string const& code) {
  return world.send("POST", "/v1/keys/claim", "", R"({"code":")" + code + R"("})");
}

// Bob, an approver who claimed a key of scope `approve` a day ago.
std::string bob_counts(World& world) {
  EXPECT_EQ(add(world, "bob", "approver")->answer.status, 201);
  auto const made = make_key(world, world.admin, "bob", R"("approve")");
  EXPECT_EQ(made->answer.status, 201) << made->answer.body;
  auto const claimed = claim(world, id_at(made, "claim_code"));
  EXPECT_EQ(claimed->answer.status, 200) << claimed->answer.body;
  world.clock.advance(kDay);
  world.pump();
  return id_at(claimed, "token");
}

SentPtr set_mode(World& world, std::string const& token, std::string const& mode) {
  return world.send("POST", "/v1/halt", token, R"({"mode":")" + mode + R"(","reason":"drill"})");
}

SentPtr sign(World& world, std::string const& token, SentPtr const& proposed) {
  return world.send("POST", "/v1/approvals/" + id_at(proposed, "approval_id") + "/sign", token);
}

TEST(Claim, GivesTheTokenOnceToWhoeverBringsTheCode) {
  World world;
  add(world, "bob", "viewer");
  auto const made = make_key(world, world.admin, "bob", R"("runs:read")");
  ASSERT_EQ(made->answer.status, 201) << made->answer.body;
  EXPECT_EQ(id_at(made, "token"), "(absent)");
  auto const code = id_at(made, "claim_code");
  EXPECT_GE(code.size(), kClaimPrefix.size() + 32);  // 128 bits and more
  EXPECT_EQ(world.log.all_leaves().find(code), std::string::npos);
  EXPECT_EQ(claim(world, "tc_" + std::string(40, '0'))->answer.status, 404);
  auto const claimed = claim(world, code);
  ASSERT_EQ(claimed->answer.status, 200) << claimed->answer.body;
  EXPECT_EQ(id_at(claimed, "owner"), "bob");
  auto const token = id_at(claimed, "token");
  EXPECT_EQ(world.log.all_leaves().find(token), std::string::npos);
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 200);
  auto const again = claim(world, code);
  EXPECT_EQ(again->answer.status, 404);
  EXPECT_EQ(again->answer.body.find("tk_"), std::string::npos);
}

TEST(Claim, IsTriedAtABoundedRateAnAddress) {
  Options options;
  options.claims_per_minute = 3;
  World world(std::move(options));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(claim(world, "tc_x")->answer.status, 404);
  auto const refused = claim(world, "tc_x");
  EXPECT_EQ(refused->answer.status, 429);
  EXPECT_NE(refused->header("retry-after"), "");
  world.clock.advance(seconds(60));
  EXPECT_EQ(claim(world, "tc_x")->answer.status, 404);
}

TEST(Claim, CodeOfAnApprovedKeyIsShownOnceToItsProposer) {
  World world;
  auto const bob = bob_counts(world);
  auto const proposed = make_key(world, world.admin, "bob", R"("admin","approve")");
  ASSERT_EQ(proposed->answer.status, 202) << proposed->answer.body;
  ASSERT_EQ(sign(world, bob, proposed)->answer.status, 200);
  std::string key;
  auto const keys = world.send("GET", "/v1/admin/keys", world.admin)->body();
  for (auto const& one : *keys.find("keys")->array())
    if (one.find("claim_expires_at") != nullptr) key = text_at(one, {"key_id"});
  auto const show = [&] {
    return world.send("POST", "/v1/admin/keys/" + key + "/claim-code", world.admin);
  };
  auto const shown = show();
  ASSERT_EQ(shown->answer.status, 200) << shown->answer.body;
  EXPECT_EQ(show()->answer.status, 409);
  auto const claimed = claim(world, id_at(shown, "claim_code"));
  ASSERT_EQ(claimed->answer.status, 200) << claimed->answer.body;
  // As bob, and yet not as one of two: the key is too young.
  set_mode(world, world.admin, "stop");
  auto const lift = set_mode(world, world.admin, "normal");
  ASSERT_EQ(lift->answer.status, 202) << lift->answer.body;
  EXPECT_EQ(sign(world, id_at(claimed, "token"), lift)->answer.status, 403);
  EXPECT_EQ(sign(world, bob, lift)->answer.status, 200);
}

// The operator adds bob, makes and claims bob's key, proposes as bob, signs as operator.
TEST(TwoPeople, AreNotOneWhoMadeTheOthersKey) {
  World world;
  add(world, "bob", "admin");
  auto const made = make_key(world, world.admin, "bob", R"("admin")");
  auto const as_bob = id_at(claim(world, id_at(made, "claim_code")), "token");
  set_mode(world, world.admin, "stop");
  EXPECT_EQ(set_mode(world, as_bob, "normal")->answer.status, 403);
}

// The honest way: nobody waits for one who does not count yet.
TEST(TwoPeople, AreNotNeededWhileOneCounts) {
  World world;
  add(world, "bob", "approver");
  set_mode(world, world.admin, "stop");
  auto const listed = world.send("GET", "/v1/approvals", world.admin)->body();
  EXPECT_EQ(*listed.find("single_operator")->boolean(), true);
  auto const lifted = set_mode(world, world.admin, "normal");
  EXPECT_EQ(lifted->answer.status, 200) << lifted->answer.body;
  EXPECT_NE(world.log.all_leaves().find(R"("single_operator":true)"), std::string::npos);
}

TEST(TwoPeople, DecideTogetherAndTheListSaysWhatIsMissing) {
  World world;
  auto const bob = bob_counts(world);
  set_mode(world, world.admin, "stop");
  auto const lift = set_mode(world, world.admin, "normal");
  ASSERT_EQ(lift->answer.status, 202) << lift->answer.body;
  auto const listed = world.send("GET", "/v1/approvals", bob)->body();
  EXPECT_EQ(*listed.find("single_operator")->boolean(), false);
  auto const& open = listed.find("approvals")->array()->at(0);
  EXPECT_EQ(*open.find("signatures_missing")->integer(), 1);
  EXPECT_EQ(text_at(open, {"kind"}), "mode.set");
  EXPECT_EQ(json::write(*open.find("may_sign")), R"(["bob"])");
  EXPECT_EQ(sign(world, world.admin, lift)->answer.status, 403);
  EXPECT_EQ(sign(world, bob, lift)->answer.status, 200);
  EXPECT_EQ(id_at(world.send("GET", "/v1/halt", world.admin), "mode"), "normal");
}

TEST(ScopeApprove, SignsAndReadsApprovalsAndNothingElse) {
  World world;
  auto const bob = bob_counts(world);
  EXPECT_EQ(world.send("GET", "/v1/approvals", bob)->answer.status, 200);
  for (auto const* path : {"/v1/runs", "/v1/budget", "/v1/halt", "/v1/admin/keys", "/v1/events"})
    EXPECT_EQ(world.send("GET", path, bob)->answer.status, 403) << path;
  EXPECT_EQ(set_mode(world, bob, "stop")->answer.status, 403);
}

TEST(Removal, ClosesAllKeysOfThePerson) {
  World world;
  add(world, "eve", "viewer");
  auto const made = make_key(world, world.admin, "eve", R"("runs:read")");
  auto const token = id_at(claim(world, id_at(made, "claim_code")), "token");
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 200);
  EXPECT_EQ(world.send("POST", "/v1/admin/people/eve/remove", world.admin)->answer.status, 200);
  EXPECT_EQ(world.send("GET", "/v1/runs", token)->answer.status, 401);
}

std::string key_of(World& world, std::string const& owner, char const* member) {
  auto const keys = world.send("GET", "/v1/admin/keys", world.admin)->body();
  for (auto const& one : *keys.find("keys")->array())
    if (text_at(one, {"owner"}) == owner) return text_at(one, {member});
  return "(none)";
}

TEST(Keys, AreListedAsWhatTheyOpen) {
  World world;
  add(world, "eve", "viewer");
  auto const made = make_key(world, world.admin, "eve", R"("runs:read")");
  EXPECT_EQ(key_of(world, "eve", "state"), "unclaimed");
  claim(world, id_at(made, "claim_code"));
  EXPECT_EQ(key_of(world, "eve", "state"), "valid");
  world.send("POST", "/v1/admin/people/eve/remove", world.admin);
  EXPECT_EQ(key_of(world, "eve", "state"), "person_removed");
  auto const why =
      world.send("GET", "/v1/why?subject=" + key_of(world, "eve", "key_id"), world.admin);
  EXPECT_EQ(id_at(why, "status"), "person_removed");
  world.send("POST", "/v1/admin/keys/" + key_of(world, "eve", "key_id") + "/revoke", world.admin);
  EXPECT_EQ(key_of(world, "eve", "state"), "revoked");
}

TEST(Claim, OfWhoNeverMayApproveSaysNothingOfCounting) {
  World world;
  add(world, "eve", "viewer");
  auto const made = make_key(world, world.admin, "eve", R"("runs:read")");
  EXPECT_EQ(id_at(claim(world, id_at(made, "claim_code")), "counts_from"), "(absent)");
  add(world, "bob", "approver");
  auto const approvers = make_key(world, world.admin, "bob", R"("approve")");
  EXPECT_NE(id_at(claim(world, id_at(approvers, "claim_code")), "counts_from"), "(absent)");
}

TEST(Revocation, OfTheLastKeyThatSignsSaysWhoDecidesFromWhen) {
  World world;
  bob_counts(world);
  auto const revoked = world.send(
      "POST", "/v1/admin/keys/" + key_of(world, "bob", "key_id") + "/revoke", world.admin);
  ASSERT_EQ(revoked->answer.status, 200) << revoked->answer.body;
  auto const note = id_at(revoked, "note");
  EXPECT_NE(note.find("bob has no key left that signs, and counts in approvals until "),
            std::string::npos)
      << note;
  EXPECT_NE(note.find(" decides alone"), std::string::npos) << note;
  auto const listed = world.send("GET", "/v1/approvals", world.admin)->body();
  EXPECT_EQ(*listed.find("single_operator")->boolean(), false);
  EXPECT_NE(json::write(listed).find("counts_until"), std::string::npos);
  set_mode(world, world.admin, "stop");
  world.clock.advance(kDay);
  world.pump();
  EXPECT_EQ(set_mode(world, world.admin, "normal")->answer.status, 200);
}

TEST(Settings, ThatTheConfigurationAsksForAndAreNotInForceAreShown) {
  Options options;
  options.settings_in_file = {{"approvals.quorum", 3}, {"leases.lease_s", 120}};
  World world(std::move(options));
  auto const ready = world.send("GET", "/readyz", "");
  EXPECT_EQ(ready->answer.status, 200);
  constexpr std::string_view kPending = R"([{"name":"approvals.quorum","in_file":3,"in_force":2}])";
  EXPECT_EQ(json::write(*ready->body().find("pending_settings")), kPending);
  auto const listed = world.send("GET", "/v1/approvals", world.admin)->body();
  EXPECT_EQ(json::write(*listed.find("pending_settings")), kPending);
}

TEST(Withdrawal, IsTheProposers) {
  World world;
  auto const bob = bob_counts(world);
  set_mode(world, world.admin, "stop");
  auto const lift = set_mode(world, world.admin, "normal");
  std::string const path = "/v1/approvals/" + id_at(lift, "approval_id") + "/withdraw";
  EXPECT_EQ(world.send("POST", path, bob)->answer.status, 403);
  EXPECT_EQ(world.send("POST", path, world.admin)->answer.status, 200);
  EXPECT_EQ(sign(world, bob, lift)->answer.status, 404);
}

}  // namespace
}  // namespace tally::api
