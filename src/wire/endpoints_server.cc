#include "wire/endpoints.h"
#include "wire/parameter_messages.h"
#include "wire/problem_help.h"

namespace tally::wire {

namespace {

constexpr std::string_view kText = "text/plain; charset=utf-8";
constexpr std::string_view kHtml = "text/html; charset=utf-8";

}  // namespace

constexpr Operation<Nothing, Nothing, Health> kGetHealth({
    .method = "GET",
    .pattern = "/health",
    .id = "getHealth",
    .tag = "server",
    .summary = "Is the process alive",
    .verb = "server health",
    .replies = {{{200, "It is"}}},
});

constexpr Operation<Nothing, Nothing, Readiness> kGetReadiness({
    .method = "GET",
    .pattern = "/readyz",
    .id = "getReadiness",
    .tag = "server",
    .summary = "Does each dependency work",
    .verb = "server ready",
    .replies = {{{200, "All that the server needs works"},
                 {503, "A dependency does not work", schema_maker<NotReady>, kProblemMediaType}}},
    .problems = {"not_ready"},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetMetrics({
    .method = "GET",
    .pattern = "/metrics",
    .id = "getMetrics",
    .tag = "server",
    .scopes = KeyScope::metrics_read,
    .summary = "Numbers for Prometheus; open on loopback",
    .verb = "server metrics",
    .replies = {{{200, "Text format 0.0.4", nullptr, kText},
                 {200, "OpenMetrics 1.0.0", nullptr,
                  "application/openmetrics-text; version=1.0.0; charset=utf-8"}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetApiDescription({
    .method = "GET",
    .pattern = "/openapi.json",
    .id = "getApiDescription",
    .tag = "server",
    .summary = "This API as OpenAPI 3.1",
    .verb = "server openapi",
    .replies = {{{200, "The document"}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetApiPage({
    .method = "GET",
    .pattern = "/docs",
    .id = "getApiPage",
    .tag = "server",
    .summary = "This API as a page",
    .replies = {{{200, "The page", nullptr, kHtml}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetPageStyle({
    .method = "GET",
    .pattern = "/docs/style.css",
    .id = "getPageStyle",
    .tag = "server",
    .summary = "The pages' style",
    .replies = {{{200, "The style", nullptr, "text/css; charset=utf-8"}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kGetHomePage({
    .method = "GET",
    .pattern = "/",
    .id = "getHomePage",
    .tag = "server",
    .summary = "What this is and where to go",
    .replies = {{{200, "The page", nullptr, kHtml}}},
});

constexpr Operation<Nothing, Nothing, Nothing> kListProblems({
    .method = "GET",
    .pattern = "/problems",
    .id = "listProblems",
    .tag = "server",
    .summary = "All problem codes",
    .verb = "problem list",
    .replies = {{{200, "A page", nullptr, kHtml},
                 {200, "The same for programs", schema_maker<ProblemHelpList>}}},
});

constexpr Operation<ProblemPath, Nothing, Nothing> kGetProblem({
    .method = "GET",
    .pattern = "/problems/{code}",
    .id = "getProblem",
    .tag = "server",
    .summary = "What a problem code means and what helps",
    .verb = "problem show CODE",
    .replies = {{{200, "A page", nullptr, kHtml},
                 {200, "The same for programs", schema_maker<ProblemHelp>}}},
});

std::span<Endpoint const* const> server_endpoints() {
  static constexpr std::array kAll = std::to_array<Endpoint const*>(
      {&kGetHealth, &kGetReadiness, &kGetMetrics, &kGetApiDescription, &kGetApiPage, &kGetPageStyle,
       &kGetHomePage, &kListProblems, &kGetProblem});
  return kAll;
}

}  // namespace tally::wire
