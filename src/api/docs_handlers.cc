// The API about itself.

#include "api/docs_page.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "api/route_of.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"
#include "wire/problem_catalog.h"
#include "wire/problem_help.h"

namespace tally::api {

namespace {

void send_page(Exchange& x, std::string body) {
  x.text(200, "text/html; charset=utf-8", std::move(body),
         {{"content-security-policy", std::string(kPagePolicy)},
          {"referrer-policy", "no-referrer"},
          {"vary", "accept"},
          {"cache-control", "public, max-age=300"}});
}

// A browser that would take JSON as well gets the page.
bool wants_json(Exchange const& x) {
  auto const accept = x.request.header("accept");
  return accept.find("json") != std::string_view::npos &&
         accept.find("text/html") == std::string_view::npos;
}

wire::ProblemHelp help_of(Exchange const& x, wire::ProblemKind const& kind) {
  return {.type = x.types.prefix + std::string(kind.code),
          .code = std::string(kind.code),
          .status = kind.status,
          .title = std::string(kind.title),
          .meaning = std::string(kind.meaning),
          .remedy = std::string(kind.remedy),
          .retry = std::string(
              wire::ProblemHelp::kRetryWords[static_cast<std::size_t>(retry_of(kind))])};
}

void get_openapi(ExchangePtr x) {
  auto const& services = x->services;
  x->text(200, "application/json", services.openapi.get([&] {
    return wire::to_json(openapi_document(services.options.version));
  }),
          {{"cache-control", "public, max-age=300"}});
}

void get_docs(ExchangePtr x) {
  auto const& services = x->services;
  send_page(*x, services.docs.get([&] { return docs_page(services.options.version); }));
}

void get_docs_style(ExchangePtr x) {
  x->text(200, "text/css; charset=utf-8", std::string(page_style()),
          {{"cache-control", "public, max-age=300"}});
}

void get_home(ExchangePtr x) { send_page(*x, home_page(x->services.options.version)); }

void list_problem_pages(ExchangePtr x) {
  if (!wants_json(*x)) return send_page(*x, problem_index_page());
  wire::ProblemHelpList list;
  for (auto const& kind : wire::problem_kinds()) list.problems.push_back(help_of(*x, kind));
  x->json(200, list, {{"vary", "accept"}});
}

void get_problem_page(ExchangePtr x, wire::ProblemPath const& asked) {
  auto const* kind = wire::find_problem_kind(asked.code);
  if (!kind) return x->problem("not_found", std::string(wire::ProblemPath::kNoSuch));
  if (wants_json(*x)) return x->json(200, help_of(*x, *kind), {{"vary", "accept"}});
  send_page(*x, problem_page(*kind));
}

}  // namespace

std::vector<Route> docs_routes() {
  return {
      route<wire::kGetApiDescription, get_openapi>(RateClass::open),
      route<wire::kGetApiPage, get_docs>(RateClass::open),
      route<wire::kGetPageStyle, get_docs_style>(RateClass::open),
      route<wire::kGetHomePage, get_home>(RateClass::open),
      route<wire::kListProblems, list_problem_pages>(RateClass::open),
      route<wire::kGetProblem, get_problem_page>(RateClass::open),
  };
}

}  // namespace tally::api
