#include "wire/reading.h"

#include <algorithm>

#include "base/nearest.h"
#include "base/printable.h"

namespace tally::wire {

namespace {

std::string between(std::int64_t low, std::int64_t high, std::string_view unit) {
  bool const has_low = low != std::numeric_limits<std::int64_t>::min();
  bool const has_high = high != std::numeric_limits<std::int64_t>::max();
  std::string text;
  if (has_low && has_high) {
    text = std::to_string(low) + " to " + std::to_string(high);
  } else {
    text = has_low ? "at least " + std::to_string(low) : "at most " + std::to_string(high);
  }
  return unit.empty() ? text : text + " " + std::string(unit);
}

bool outside(std::int64_t value, Rule const& rule) { return value < rule.min || value > rule.max; }

// Code points; the text is valid UTF-8 once it is JSON.
std::int64_t characters(std::string_view text) {
  return std::ranges::count_if(text, [](char c) { return (c & 0xC0) != 0x80; });
}

std::string not_this(std::string_view wanted, json::Value const& value) {
  return "must be " + std::string(wanted) + ", not " + std::string(kind_of(value));
}

constexpr std::string_view kOneLine =
    "one line: no control characters, and none that break a line or change its direction";

enum class Decimals { six, any };

std::string amount_fault(std::string_view text, Decimals decimals) {
  auto const dot = text.find('.');
  bool const bounded = decimals == Decimals::six;
  if (bounded && dot != std::string_view::npos && text.size() - dot - 1 > 6)
    return "has more than 6 decimals; amounts are exact to 0.000001 USD";
  if (text.starts_with('-')) return "must not be negative";
  return "must be a decimal amount in USD such as \"0.0500\", at most \"" + format_usd(kAmountMax) +
         "\"";
}

}  // namespace

std::string_view kind_of(json::Value const& value) {
  if (value.is_null()) return "null";
  if (value.boolean()) return "true or false";
  if (value.integer()) return "an integer";
  if (value.real()) return "a decimal number";
  if (value.string()) return "a string";
  return value.array() ? "a list" : "an object";
}

void Reading::fault(std::string pointer, std::string detail) {
  if (errors_.size() < kFieldErrorsMax) errors_.push_back({std::move(pointer), std::move(detail)});
}

void Reading::fault_choices(std::string const& at, std::span<std::string_view const> choices) {
  std::string text = "must be one of ";
  for (auto const& name : choices) {
    if (&name != choices.data()) text += ", ";
    text += name;
  }
  fault(at, std::move(text));
}

void Reading::read(json::Value const& from, std::string const&, Rule const&, json::Value& into) {
  into = from;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const& rule,
                   std::string& into) {
  if (!from.string()) return fault(at, not_this("a string", from));
  if (outside(characters(*from.string()), rule))
    return fault(at, "must have " + between(rule.min, rule.max, "characters"));
  if (!rule.one_of.empty() && std::ranges::find(rule.one_of, *from.string()) == rule.one_of.end())
    return fault_choices(at, rule.one_of);
  if (strict() && !rule.lines && !is_one_line(*from.string()))
    return fault(at, "must be " + std::string(kOneLine));
  into = *from.string();
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, bool& into) {
  if (!from.boolean()) return fault(at, not_this("true or false", from));
  into = *from.boolean();
}

void Reading::read(json::Value const& from, std::string const& at, Rule const& rule,
                   std::int64_t& into) {
  if (!from.integer()) return fault(at, not_this("an integer", from));
  if (outside(*from.integer(), rule))
    return fault(at, "must be " + between(rule.min, rule.max, ""));
  into = *from.integer();
}

void Reading::read(json::Value const& from, std::string const& at, Rule const& rule, Micros& into) {
  if (!from.string())
    return fault(at, not_this("an amount in USD as a string such as \"0.0500\"", from));
  auto const amount = parse_usd(*from.string());
  // Balances that a server shows may be below zero; amounts that a caller names may not.
  bool const negative = !strict() && from.string()->starts_with('-');
  auto const shown = negative ? parse_usd(std::string_view(*from.string()).substr(1)) : amount;
  if (!shown) return fault(at, amount_fault(*from.string(), Decimals::six));
  Micros const value = negative ? -*shown : *shown;
  if (outside(value.value(), rule))
    return fault(at, rule.min == 1 ? "must be more than zero" : "is out of range");
  into = value;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const& rule,
                   SaidCost& into) {
  if (!from.string())
    return fault(at, not_this("an amount in USD as a string such as \"0.0500\"", from));
  auto const cost = parse_cost(*from.string());
  if (!cost) return fault(at, amount_fault(*from.string(), Decimals::any));
  if (outside(cost->amount.value(), rule)) return fault(at, "is out of range");
  into = *cost;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, Instant& into) {
  auto const instant = from.string() ? from_rfc3339(*from.string()) : std::nullopt;
  if (!instant) return fault(at, "must be a UTC time such as \"2026-01-31T09:59:07Z\"");
  if (*instant < Instant(0) || *instant > kInstantMax)
    return fault(at, "must be a time from 1970 to " + to_rfc3339(kInstantMax) +
                         ", the last that can be kept");
  into = *instant;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, Digest& into) {
  auto const digest = from.string() ? Digest::from_hex(*from.string()) : std::nullopt;
  if (!digest) return fault(at, "must be 64 lower-case hexadecimal digits");
  into = *digest;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, ContentRef& into) {
  auto const ref = from.string() ? ContentRef::parse(*from.string()) : std::nullopt;
  if (!ref) return fault(at, "must be \"sha256:\" and 64 lower-case hexadecimal digits");
  into = *ref;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&,
                   CorrelationId& into) {
  auto const id = from.string() ? parse_correlation_id(*from.string()) : std::nullopt;
  if (!id) return fault(at, "must be 32 lower-case hexadecimal digits, not all zero");
  into = *id;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, ErrorId& into) {
  auto const id = from.string() ? parse_error_id(*from.string()) : std::nullopt;
  if (!id) return fault(at, "must be an id: \"err_\" and 12 lower-case hexadecimal digits");
  into = *id;
}

void Reading::read(json::Value const& from, std::string const& at, Rule const&, LabelFilter& into) {
  std::string_view const text = from.string() ? std::string_view(*from.string()) : "";
  auto const equals = text.find('=');
  if (equals == 0 || equals == std::string_view::npos) return fault(at, "must be NAME=VALUE");
  into = {std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

void Reading::read(json::Value const& from, std::string const& at, Rule const& rule, Labels& into) {
  if (!from.object()) return fault(at, not_this("an object of strings", from));
  if (outside(static_cast<std::int64_t>(from.object()->size()), rule))
    return fault(at, "must have " + between(rule.min, rule.max, "members"));
  for (auto const& [key, value] : *from.object()) {
    // The pointer of a bad key names its parent: a pointer must not repeat what may be a secret.
    if (key.empty() || (rule.key_max > 0 && characters(key) > rule.key_max)) {
      fault(at, "each key must have 1 to " + std::to_string(rule.key_max) + " characters");
    } else if (!value.string()) {
      fault(at, "each value must be a string; one is " + std::string(kind_of(value)));
    } else if (rule.value_max > 0 && characters(*value.string()) > rule.value_max) {
      fault(at, "each value must have at most " + std::to_string(rule.value_max) + " characters");
    } else if (strict() && !(is_one_line(key) && is_one_line(*value.string()))) {
      fault(at, "each key and value must be " + std::string(kOneLine));
    } else {
      into.emplace(key, *value.string());
    }
  }
}

// Shows a member's name only when it looks like one of ours; anything else may be a secret in the
// wrong place.
void Reading::unknown_members(json::Object const& object, std::string const& at,
                              std::vector<std::string> const& known) {
  for (auto const& [name, value] : object) {
    if (std::ranges::find(known, name) != known.end()) continue;
    auto const meant = nearest(name, known);
    if (meant) {
      fault(json::pointer_join(at, name), "is not known; did you mean \"" + *meant + "\"?");
    } else {
      std::string names;
      for (auto const& one : known) names += (names.empty() ? "" : ", ") + one;
      bool const plain = name.size() <= 32 && is_name(name);
      fault(plain ? json::pointer_join(at, name) : at,
            (plain ? "is not known" : "has an unknown member") + std::string("; known are: ") +
                names);
    }
  }
}

bool Reading::list_fits(json::Value const& from, std::string const& at, Rule const& rule) {
  if (!from.array()) {
    fault(at, not_this("a list", from));
    return false;
  }
  bool const fits = !outside(static_cast<std::int64_t>(from.array()->size()), rule);
  if (!fits) fault(at, "must have " + between(rule.min, rule.max, "items"));
  return fits;
}

}  // namespace tally::wire
