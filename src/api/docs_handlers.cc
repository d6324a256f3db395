// The API about itself.

#include "api/docs_page.h"
#include "api/handlers.h"
#include "api/openapi.h"
#include "wire/problem_catalog.h"

namespace tally::api {

namespace {

void send_page(Exchange& x, std::string body) {
  x.text(200, "text/html; charset=utf-8", std::move(body),
         {{"content-security-policy", std::string(kPagePolicy)},
          {"referrer-policy", "no-referrer"},
          {"cache-control", "public, max-age=300"}});
}

}  // namespace

void get_openapi(ExchangePtr x) {
  x->json(200, openapi_document(x->services.options.version),
          {{"cache-control", "public, max-age=300"}});
}

void get_docs(ExchangePtr x) { send_page(*x, docs_page(x->services.options.version)); }

void get_docs_style(ExchangePtr x) {
  x->text(200, "text/css; charset=utf-8", std::string(page_style()),
          {{"cache-control", "public, max-age=300"}});
}

void list_problem_pages(ExchangePtr x) { send_page(*x, problem_index_page()); }

void get_problem_page(ExchangePtr x) {
  auto const* kind = wire::find_problem_kind(x->path.at(0));
  if (!kind) return x->problem("not_found", "no problem has this code; see /problems");
  send_page(*x, problem_page(*kind));
}

}  // namespace tally::api
