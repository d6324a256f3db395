#include "api/openapi.h"

#include <gtest/gtest.h>

#include <set>

#include "api/docs_page.h"
#include "api/routes.h"

namespace tally::api {
namespace {

TEST(OpenApi, DescribesEveryRouteAndNothingElse) {
  auto const document = openapi_document("1");
  std::size_t described = 0;
  for (auto const& [path, item] : *document.find("paths")->object())
    described += item.object()->size();
  EXPECT_EQ(described, routes().size());
  for (Route const& route : routes()) {
    std::string path(route.pattern);
    if (auto const dots = path.find("...}"); dots != std::string::npos) path.erase(dots, 3);
    auto const* item = document.find("paths")->find(path);
    ASSERT_NE(item, nullptr) << path;
    auto const* operation = item->find(route.method == "GET" ? "get" : "post");
    ASSERT_NE(operation, nullptr) << path;
    EXPECT_EQ(operation->find("requestBody") != nullptr, route.request != nullptr) << path;
    EXPECT_NE(operation->find("responses")->find(std::to_string(route.status)), nullptr);
    EXPECT_NE(operation->find("responses")->find("default"), nullptr);
  }
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
  auto const* schemas = document.find("components")->find("schemas");
  EXPECT_GT(references.size(), 20u);
  for (auto const& reference : references)
    EXPECT_NE(schemas->find(reference.substr(reference.rfind('/') + 1)), nullptr) << reference;
  std::set<std::string> ids;
  for (auto const& [path, item] : *document.find("paths")->object())
    for (auto const& [method, operation] : *item.object())
      EXPECT_TRUE(ids.insert(*operation.find("operationId")->string()).second) << path;
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
