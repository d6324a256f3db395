#include "api/admission.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "api/routes.h"
#include "wire/evidence_parameters.h"
#include "wire/idempotency_key.h"

namespace tally::api {

namespace {

// How long nothing more is read from a connection without a key whose address asks too much.
constexpr Duration kRest = seconds(1);

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

// JSON is UTF-8 (RFC 8259 section 8.1); who says that it is something else is believed.
bool is_utf8(std::string_view field) {
  auto const parameters = lower(field);
  constexpr std::string_view kCharset = "charset=";
  auto const at = parameters.find(kCharset, std::min(parameters.find(';'), parameters.size()));
  if (at == std::string::npos) return true;
  std::string_view charset = std::string_view(parameters).substr(at + kCharset.size());
  charset = trimmed(charset.substr(0, charset.find(';')));
  return charset == "utf-8" || charset == "\"utf-8\"" || charset == "utf8";
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

// Whether the field names this very type, and not as what is refused.
bool names(std::string_view field, std::string_view wanted) {
  while (!field.empty()) {
    auto const one = field.substr(0, field.find(','));
    field.remove_prefix(std::min(field.size(), one.size() + 1));
    auto const semicolon = one.find(';');
    bool const refused = semicolon != std::string_view::npos && is_refused(one.substr(semicolon));
    if (!refused && media_type(one) == wanted) return true;
  }
  return false;
}

// Whoever asks through a proxy on this machine comes from loopback as well.
bool came_through_a_proxy(Exchange const& x) {
  constexpr std::array<std::string_view, 6> kFields{
      "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"};
  return x.services.options.behind_proxy ||
         std::ranges::any_of(x.request.headers, [&](auto const& field) {
           return std::ranges::find(kFields, field.first) != kFields.end();
         });
}

bool is_open(Exchange const& x) {
  if (x.route->scopes.empty()) return true;
  return x.route->scopes == wire::AnyScope(KeyScope::metrics_read) && x.request.from_loopback &&
         x.services.options.metrics_open_on_loopback && !came_through_a_proxy(x);
}

domain::directory::Rate a_minute(std::int64_t requests) {
  return {.requests = requests, .window = seconds(60)};
}

// Requests without a key are answered at a bounded rate an address; past it the connection is let
// rest, so that its own full socket slows it down.
bool take_of_address(Exchange& x, RateClass what, std::int64_t requests) {
  x.rate = x.services.rates.take(what, x.request.peer, policy_of(what, {}), a_minute(requests),
                                 x.services.clock.monotonic());
  if (x.rate->allowed) return true;
  x.rest = kRest;
  x.problem("rate_limited", "too many requests without a valid key from this address");
  return false;
}

void refuse_key(Exchange& x, AuthFault fault) {
  ports::HttpHeaders challenge{{"www-authenticate", "Bearer realm=\"tallystick\""}};
  if (fault == AuthFault::missing)
    return x.problem("auth_missing", "send the header 'Authorization: Bearer tk_...'",
                     std::move(challenge));
  challenge[0].second += ", error=\"invalid_token\"";
  x.problem("auth_invalid", "the key does not exist, was revoked, or has expired",
            std::move(challenge));
}

// A field that must be one: of two the wrong one would count, or both, as a proxy joins them.
bool is_single(Exchange const& x, std::string_view name) {
  return std::ranges::count(x.request.headers, name, &ports::HttpHeaders::value_type::first) <= 1;
}

bool stranger_may_ask(Exchange& x) {
  return take_of_address(x, RateClass::unauthenticated,
                         x.services.options.unauthenticated_per_minute);
}

void refuse_stranger(Exchange& x, AuthFault fault) {
  if (stranger_may_ask(x)) refuse_key(x, fault);
}

bool has_one_authorization(Exchange& x) {
  bool const joined = x.request.header("authorization").find(',') != std::string_view::npos;
  if (!joined && is_single(x, "authorization")) return true;
  if (stranger_may_ask(x)) x.problem("malformed", "send one Authorization field with one key");
  return false;
}

// From the bucket of the caller's tenant, or key, for this class of requests.
bool take_of_caller(Exchange& x, ledger::Directory const& directory, RateClass what) {
  domain::directory::Rate plan;
  std::string name;
  if (what != RateClass::control) {
    auto const tenant = directory.tenants.find(x.caller().tenant);
    if (tenant == directory.tenants.end()) return true;
    auto const row = directory.plans.find(tenant->second);
    if (row == directory.plans.end() || !row->second.rate) return true;
    plan = *row->second.rate;
    name = tenant->second.value();
  }
  auto const who = what == RateClass::control ? to_text(x.caller().key) : x.caller().tenant.value();
  x.rate = x.services.rates.take(what, who, policy_of(what, name), rate_of(what, plan),
                                 x.services.clock.monotonic());
  if (x.rate->allowed) return true;
  x.problem("rate_limited", "at most " + std::to_string(x.rate->quota) + " requests of the kind " +
                                x.rate->policy + " in " + std::to_string(x.rate->window_s) + " s");
  return false;
}

// The connection speaks for the tenant from here on, which has a share of all there are.
bool take_connection(Exchange& x) {
  if (x.take_connection()) return true;
  x.problem("overloaded", "your tenant has as many connections open as it may; use fewer");
  return false;
}

// The end of a key is a time in the ledger, so it is compared with the ledger's time.
tl::expected<Caller, AuthFault> whose_key(Exchange const& x, ledger::Directory const& directory) {
  return authenticate(x.request, directory, x.services.loop.now());
}

bool identify(Exchange& x) {
  if (!has_one_authorization(x)) return false;
  auto const directory = x.services.loop.directory();
  auto caller = whose_key(x, *directory);
  if (!caller) {
    refuse_stranger(x, caller.error());
    return false;
  }
  x.known = std::move(*caller);
  return take_connection(x) && take_of_caller(x, *directory, x.route->rate);
}

// Without a key the address pays; with a good one its tenant does, so that many behind one address
// need not share its rate.
bool enter_openly(Exchange& x) {
  if (!has_one_authorization(x)) return false;
  auto const directory = x.services.loop.directory();
  auto caller = whose_key(x, *directory);
  if (!caller) {
    auto const what = x.route->scopes.empty() ? x.route->rate : RateClass::probe;
    return take_of_address(x, what, x.services.options.open_per_minute);
  }
  x.known = std::move(*caller);
  return take_connection(x) && take_of_caller(x, *directory, RateClass::read);
}

bool has_right(Exchange& x) {
  if (x.caller().may(x.route->scopes)) return true;
  x.problem("forbidden", "this needs a key with the scope " + x.route->scopes.text());
  return false;
}

bool names_one_answer(Exchange& x) {
  bool const sent =
      x.route->keyed != wire::Keyed::no &&
      std::ranges::find(x.request.headers, "idempotency-key",
                        &ports::HttpHeaders::value_type::first) != x.request.headers.end();
  if (!sent) return true;
  if (!is_single(x, "idempotency-key")) {
    x.problem("malformed", "send one Idempotency-Key field");
    return false;
  }
  auto key = wire::parse_idempotency_key(x.request.header("idempotency-key"));
  if (key) {
    x.idempotency_key = std::move(*key);
    return true;
  }
  x.problem(key.error().code, key.error().detail);
  return false;
}

// One of the forms that the answer has, or the form of its problems where that is JSON too.
bool takes_a_form(Exchange const& x, std::string_view accept) {
  auto const usual = x.route->replies[0].status;
  return std::ranges::any_of(x.route->replies, [&](wire::Reply const& reply) {
    bool const json = reply.media_type == wire::kJson;
    return reply.status == usual && (accepts(accept, media_type(reply.media_type)) ||
                                     (json && accepts(accept, "application/problem+json")));
  });
}

bool speaks_our_forms(Exchange& x) {
  auto const accept = x.request.header("accept");
  if (!accept.empty() && !takes_a_form(x, accept)) {
    x.problem("not_acceptable",
              "this answer comes as " + media_type(x.route->replies[0].media_type));
    return false;
  }
  if (!x.route->request) return true;
  if (media_type(x.request.header("content-type")) != "application/json") {
    x.problem("unsupported_media_type", "send the body with Content-Type: application/json");
    return false;
  }
  if (!is_utf8(x.request.header("content-type"))) {
    x.problem("unsupported_media_type", "send the body in UTF-8, or say no charset at all");
    return false;
  }
  if (x.request.body.size() <= x.services.options.body_bytes_max) return true;
  x.problem("payload_too_large", "the body may have at most " +
                                     std::to_string(x.services.options.body_bytes_max) + " bytes");
  return false;
}

}  // namespace

bool asks_for_lines(Exchange const& x) {
  auto const accept = x.request.header("accept");
  return names(accept, wire::kLinesMediaType) && !names(accept, "application/json");
}

bool admit(Exchange& x) {
  if (is_open(x) ? !enter_openly(x) : !(identify(x) && has_right(x))) return false;
  return speaks_our_forms(x) && names_one_answer(x);
}

bool is_still_admitted(Exchange& x) {
  auto const caller = whose_key(x, *x.services.loop.directory());
  bool const same = caller && caller->key == x.caller().key && caller->may(x.route->scopes);
  if (!same) refuse_key(x, AuthFault::invalid);
  return same;
}

bool admit_stray(Exchange& x) {
  return take_of_address(x, RateClass::open, x.services.options.open_per_minute);
}

}  // namespace tally::api
