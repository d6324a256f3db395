#include "api/admission.h"

#include <algorithm>
#include <cctype>

#include "api/routes.h"

namespace tally::api {

namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

// The media type before its parameters.
std::string media_type(std::string_view field) {
  return lower(trimmed(field.substr(0, field.find(';'))));
}

// "q=0", "q=0.0": not acceptable.
bool is_refused(std::string_view parameters) {
  auto const text = lower(parameters);
  auto const q = text.find("q=0");
  return q != std::string::npos && text.find_first_of("123456789", q) == std::string::npos;
}

// RFC 9110 section 12.5.1, as far as it says "not this at all".
bool accepts(std::string_view field, std::string const& wanted) {
  std::string const range = wanted.substr(0, wanted.find('/')) + "/*";
  while (!field.empty()) {
    auto const comma = field.find(',');
    auto const one = field.substr(0, comma);
    field = comma == std::string_view::npos ? std::string_view() : field.substr(comma + 1);
    auto const type = media_type(one);
    auto const semicolon = one.find(';');
    bool const refused = semicolon != std::string_view::npos && is_refused(one.substr(semicolon));
    if (!refused && (type == "*/*" || type == range || type == wanted)) return true;
  }
  return false;
}

bool is_open(Exchange const& x) {
  if (x.route->scope.empty()) return true;
  return x.route->scope == "metrics:read" && x.request.from_loopback &&
         x.services.options.metrics_open_on_loopback;
}

// Strangers are answered at a bounded rate a peer; past it they are told to wait.
void refuse_stranger(Exchange& x, AuthFault fault) {
  domain::directory::Rate const rate{.requests = x.services.options.unauthenticated_per_minute,
                                     .window = seconds(60)};
  x.rate = x.services.strangers.take(x.request.peer, "unauthenticated", rate,
                                     x.services.clock.monotonic());
  if (!x.rate->allowed)
    return x.problem("rate_limited", "too many requests without a valid key from this address");
  ports::HttpHeaders challenge{{"www-authenticate", "Bearer realm=\"tallystick\""}};
  if (fault == AuthFault::missing)
    return x.problem("auth_missing", "send the header 'Authorization: Bearer tk_...'",
                     std::move(challenge));
  challenge[0].second += ", error=\"invalid_token\"";
  x.problem("auth_invalid", "the key does not exist, was revoked, or has expired",
            std::move(challenge));
}

bool identify(Exchange& x) {
  auto const directory = x.services.loop.directory();
  auto caller = authenticate(x.request, *directory, x.services.clock.wall());
  if (!caller) {
    refuse_stranger(x, caller.error());
    return false;
  }
  x.known = std::move(*caller);
  if (x.route->rate == RateClass::unlimited) return true;
  auto const tenant = directory->tenants.find(x.known->tenant);
  if (tenant == directory->tenants.end()) return true;
  auto const plan = directory->plans.find(tenant->second);
  if (plan == directory->plans.end() || !plan->second.rate) return true;
  x.rate = x.services.rates.take(x.known->tenant.value(), tenant->second.value(),
                                 *plan->second.rate, x.services.clock.monotonic());
  if (x.rate->allowed) return true;
  x.problem("rate_limited", "the plan allows " + std::to_string(x.rate->quota) + " requests in " +
                                std::to_string(x.rate->window_s) + " s");
  return false;
}

bool has_right(Exchange& x) {
  if (x.caller().may(x.route->scope)) return true;
  x.problem("forbidden", "this needs a key with the scope " + std::string(x.route->scope));
  return false;
}

bool speaks_our_forms(Exchange& x) {
  auto const accept = x.request.header("accept");
  std::string const produced = media_type(x.route->media_type);
  bool const negotiates = x.route->pattern == "/metrics";
  if (!accept.empty() && !negotiates && !accepts(accept, produced)) {
    x.problem("not_acceptable", "this answer comes as " + produced);
    return false;
  }
  if (!x.route->request) return true;
  if (media_type(x.request.header("content-type")) != "application/json") {
    x.problem("unsupported_media_type", "send the body with Content-Type: application/json");
    return false;
  }
  if (x.request.body.size() <= x.services.options.body_bytes_max) return true;
  x.problem("payload_too_large", "the body may have at most " +
                                     std::to_string(x.services.options.body_bytes_max) + " bytes");
  return false;
}

}  // namespace

bool admit(Exchange& x) {
  if (!is_open(x) && !(identify(x) && has_right(x))) return false;
  if (!speaks_our_forms(x)) return false;
  x.query = Query::parse(x.request.query, x.route->query);
  return x.query_is_good();
}

}  // namespace tally::api
