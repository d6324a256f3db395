#include "api/openapi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "api/docs_page.h"
#include "api/openapi_operation.h"
#include "api/routes.h"
#include "wire/endpoints.h"

namespace tally::api {
namespace {

TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
  auto const document = openapi_document("1");
  std::size_t described = 0;
  for (auto const& [path, item] : *document.find("paths")->object())
    described += item.object()->size();
  EXPECT_EQ(described, routes().size());
  for (Route const& route : routes()) {
    std::string const path = openapi_path(route);
    auto const* item = document.find("paths")->find(path);
    ASSERT_NE(item, nullptr) << path;
    auto const* operation = item->find(route.method == "GET" ? "get" : "post");
    ASSERT_NE(operation, nullptr) << path;
    EXPECT_EQ(operation->find("requestBody") != nullptr, route.request != nullptr) << path;
    EXPECT_EQ(*operation->find("operationId"), json::Value(route.id));
    for (wire::Reply const& reply : route.replies)
      EXPECT_TRUE(reply.status == 0 ||
                  operation->find("responses")->find(std::to_string(reply.status)) != nullptr);
    for (auto const* kind : wire::problems_of(route))
      EXPECT_NE(operation->find("responses")->find(std::to_string(kind->status)), nullptr);
    EXPECT_NE(operation->find("responses")->find("default"), nullptr);
  }
}

std::vector<wire::Parameter> list_of(wire::Endpoint const& endpoint) {
  wire::Schemas schemas;
  return endpoint.parameters(schemas);
}

void collect_references(json::Value const& value, std::set<std::string>& references) {
  if (value.array())
    for (auto const& item : *value.array()) collect_references(item, references);
  if (!value.object()) return;
  for (auto const& [name, member] : *value.object()) {
    if (name == "$ref" && member.string()) references.insert(*member.string());
    collect_references(member, references);
  }
}

TEST(OpenApi, ResolvesEveryReferenceAndNamesEachOperationOnce) {
  auto const document = openapi_document("1");
  std::set<std::string> references;
  collect_references(document, references);
  EXPECT_GT(references.size(), 20u);
  for (auto const& reference : references) {
    auto const slash = reference.rfind('/');
    auto const kind = reference.substr(13, slash - 13);  // behind "#/components/"
    auto const* known = document.find("components")->find(kind);
    ASSERT_NE(known, nullptr) << reference;
    EXPECT_NE(known->find(reference.substr(slash + 1)), nullptr) << reference;
  }
  std::set<std::string> ids;
  for (auto const& [path, item] : *document.find("paths")->object())
    for (auto const& [method, operation] : *item.object())
      EXPECT_TRUE(ids.insert(*operation.find("operationId")->string()).second) << path;
}

// Published: clients are generated with these names.
TEST(OpenApi, NamesOperationsByAVerbAndANoun) {
  std::set<std::string_view> const verbs{
      "add",  "cancel", "claim", "complete", "create", "explain", "fail",
      "get",  "grant",  "lease", "list",     "remove", "resolve", "revoke",
      "send", "set",    "show",  "sign",     "start",  "submit",  "withdraw"};
  for (Route const& route : routes()) {
    auto const noun = std::ranges::find_if(route.id, [](char c) { return c >= 'A' && c <= 'Z'; });
    EXPECT_TRUE(verbs.contains({route.id.begin(), noun})) << route.id;
    EXPECT_NE(noun, route.id.end()) << route.id;
  }
}

TEST(Operations, AreEachAnsweredOnceAndDescribedWhole) {
  std::set<std::string> bound;
  for (Route const& route : routes()) bound.insert(std::string(route.id));
  std::set<std::string> described;
  for (wire::Endpoint const* one : wire::endpoints()) {
    described.insert(std::string(one->id));
    EXPECT_FALSE(one->summary.empty() || one->summary.ends_with('.')) << one->id;
    EXPECT_NE(one->replies[0].status, 0) << one->id;
    EXPECT_NE(std::ranges::find(wire::kTags, one->tag, &wire::Tag::name), wire::kTags.end());
    for (std::string_view const code : one->problems)
      EXPECT_TRUE(code.empty() || wire::find_problem_kind(code) != nullptr) << code;
    for (auto const& parameter : list_of(*one))
      EXPECT_EQ(parameter.in_path,
                one->pattern.find("{" + parameter.name) != std::string_view::npos)
          << one->id << " " << parameter.name;
  }
  EXPECT_EQ(bound, described);
  EXPECT_EQ(routes().size(), wire::endpoints().size());
}

TEST(DocsPage, ListsEveryRouteAndNeedsNothingFromOutside) {
  auto const page = docs_page("1");
  for (Route const& route : routes())
    EXPECT_NE(page.find(std::string(route.pattern)), std::string::npos) << route.pattern;
  for (std::string_view outside : {"<script", "http://", "https://", "style=", "onclick"})
    EXPECT_EQ(page.find(outside), std::string::npos) << outside;
}

}  // namespace
}  // namespace tally::api
