#pragma once

// A row of the table of routes (routes.h), made where its handler stands.

#include "api/routes.h"
#include "wire/endpoints.h"
#include "wire/idempotency_key.h"

namespace tally::api {

// A run is submitted under a key, but for a dry run, which decides nothing and takes none.
template <class Parameters>
bool is_keyed(Exchange& x, Parameters const& parameters) {
  if (x.route->keyed != wire::Keyed::required) return true;
  if constexpr (requires { parameters.dry_run; }) {
    if (parameters.dry_run) {
      x.idempotency_key.reset();
      return true;
    }
  }
  if (x.idempotency_key) return true;
  x.problem("idempotency_key_missing", std::string(wire::kIdempotencyKeyWanted));
  return false;
}

// Reads what the operation takes, and hands it to its handler: its parameters and its body, each
// where it has one. What is not as the operation says is answered here.
template <auto const& kOperation, auto kHandler>
void read_and_handle(ExchangePtr x) {
  using Operation = std::remove_cvref_t<decltype(kOperation)>;
  using Parameters = typename Operation::Parameters;
  using Body = typename Operation::Body;
  auto parameters = x->parameters<Parameters>();
  if (!parameters || !is_keyed(*x, *parameters)) return;
  if constexpr (std::is_same_v<Body, wire::Nothing>) {
    if constexpr (std::is_same_v<Parameters, wire::Nothing>)
      kHandler(std::move(x));
    else
      kHandler(std::move(x), *parameters);
  } else {
    auto body = x->body<Body>();
    if (!body) return;
    if constexpr (std::is_same_v<Parameters, wire::Nothing>)
      kHandler(std::move(x), std::move(*body));
    else
      kHandler(std::move(x), *parameters, std::move(*body));
  }
}

template <auto const& kOperation, auto kHandler>
Route route(RateClass rate) {
  return {kOperation, read_and_handle<kOperation, kHandler>, rate};
}

}  // namespace tally::api
