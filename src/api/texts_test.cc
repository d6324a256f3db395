// Texts of one line that callers give: no character in them may forge a line that people read.

#include <gtest/gtest.h>

#include "api/test_world.h"

namespace tally::api {
namespace {

struct Given {
  char const* path;
  char const* before;
  char const* after;
  char const* pointer;
};

constexpr std::array<Given, 6> kGiven{{
    {"/v1/admin/people", R"({"person":"eve","roles":["viewer"],"name":")", R"("})", "/name"},
    {"/v1/halt", R"({"mode":"safe","scope":"tenant:default","reason":")", R"("})", "/reason"},
    {"/v1/admin/quorum", R"({"quorum":3,"reason":")", R"("})", "/reason"},
    {"/v1/admin/runs/run_0000000000000001/resolution", R"({"charge_usd":"0","reason":")", R"("})",
     "/reason"},
    {"/v1/runs", R"({"job":"j","input":1,"max_cost_usd":"0.05","labels":{"a":")", R"("}})",
     "/labels"},
    {"/v1/runs", R"({"job":"j","input":1,"max_cost_usd":"0.05","labels":{")", R"(":"a"}})",
     "/labels"},
}};

SentPtr give(World& world, Given const& given, std::string const& text) {
  return world.send("POST", given.path, world.admin, given.before + text + given.after,
                    {{"idempotency-key", "k-" + sha256(as_bytes(text)).hex()}});
}

TEST(OneLineTexts, HoldNoControlCharactersNorWhatTurnsALineRound) {
  World world;
  for (Given const& given : kGiven)
    for (char const* bad : {R"(Eve\nbob)", R"(Eve\r)", R"(\u001b[2K)", R"(a\u0000b)", R"(\u009b2K)",
                            R"(\u202eeve)", R"(\u2066)", R"(\u2028)", R"(\t)"}) {
      auto const refused = give(world, given, bad);
      ASSERT_EQ(refused->answer.status, 422) << given.path << " " << bad << refused->answer.body;
      auto const errors = refused->body();
      EXPECT_EQ(text_at(errors.find("errors")->array()->at(0), {"pointer"}), given.pointer) << bad;
    }
}

TEST(OneLineTexts, MayBeInAnyWriting) {
  World world;
  for (char const* good : {R"(Gr\u00fc\u00dfe)", R"(\u05d0\u05d1)", R"(\ud83d\ude00 \u2026)"})
    EXPECT_NE(give(world, kGiven[1], good)->answer.status, 422) << good;
}

}  // namespace
}  // namespace tally::api
