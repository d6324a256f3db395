// The tables of docs/formats/wire.md, rendered from the operations, the scopes and the problems.
// `wire_test --rewrite` writes them anew.

#include <fmt/format.h>

#include "base/page_fixture.h"
#include "wire/endpoints.h"

namespace tally::wire {
namespace {

constexpr char const* kPage = "docs/formats/wire.md";

std::string as_code(std::string_view text) { return fmt::format("`{}`", text); }

std::string_view name_of(Keyed keyed) {
  switch (keyed) {
    case Keyed::no:
      return "no";
    case Keyed::optional:
      return "may";
    case Keyed::required:
      return "must";
  }
  return "";
}

std::string_view name_of(Retry retry) {
  switch (retry) {
    case Retry::later:
      return "later";
    case Retry::never:
      return "never";
    case Retry::unsaid:
      return "as the status says";
  }
  return "";
}

TEST(Page, HasTheOperationsAsTheirDescriptionsSay) {
  pages::Table table(
      {"Operation", "Request", "Command", "Scope", "Idempotency-Key", "What it does"});
  for (Endpoint const* endpoint : endpoints())
    table.row({as_code(endpoint->id), as_code(route_name(*endpoint)),
               endpoint->verb.empty() ? std::string() : as_code(endpoint->verb),
               endpoint->scopes.empty() ? std::string("open") : endpoint->scopes.text(),
               std::string(name_of(endpoint->keyed)), std::string(endpoint->summary)});
  pages::expect_on_page(kPage, table.text, "wire_test");
}

TEST(Page, HasTheScopesWithWhatTheyOpen) {
  pages::Table table({"Scope", "Opens"});
  for (KeyScope const scope : all_of(KeyScope{})) {
    std::string opens;
    for (Endpoint const* endpoint : endpoints())
      if (endpoint->scopes.contains(scope))
        opens += (opens.empty() ? "" : ", ") + as_code(endpoint->id);
    table.row({as_code(name_of(scope)), opens});
  }
  pages::expect_on_page(kPage, table.text, "wire_test");
}

TEST(Page, HasTheProblemsAsTheCatalogSays) {
  pages::Table table({"Code", "Status", "Send the same again", "What happened"});
  for (ProblemKind const& kind : problem_kinds())
    table.row({as_code(kind.code), fmt::format("{}", kind.status),
               std::string(name_of(retry_of(kind))), std::string(kind.title)});
  pages::expect_on_page(kPage, table.text, "wire_test");
}

}  // namespace
}  // namespace tally::wire
