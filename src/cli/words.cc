#include "cli/words.h"

#include <fmt/format.h>

#include <charconv>

#include "wire/idempotency_key.h"

namespace tally::cli {

std::string Word<std::string>::read(std::string const& text, std::string& into) {
  into = text;
  return {};
}

std::string Word<std::int64_t>::read(std::string const& text, std::int64_t& into) {
  auto const* const end = text.data() + text.size();
  auto const [rest, fault] = std::from_chars(text.data(), end, into);
  return fault == std::errc{} && rest == end ? "" : "must be a whole number";
}

std::string Word<Micros>::read(std::string const& text, Micros& into) {
  auto const amount = parse_usd(text);
  if (!amount)
    return fmt::format("must be an amount in USD such as 0.05, at most {}, with at most 6 decimals",
                       format_usd(kAmountMax));
  into = *amount;
  return {};
}

std::string Word<Instant>::read(std::string const& text, Instant& into) {
  auto const at = from_rfc3339(text);
  if (!at) return "must be a time in UTC such as 2027-01-31T00:00:00Z";
  into = *at;
  return {};
}

std::string Word<Label>::read(std::string const& text, Label& into) {
  auto const equals = text.find('=');
  if (equals == std::string::npos || equals == 0) return "must be KEY=VALUE";
  into = {.key = text.substr(0, equals), .value = text.substr(equals + 1)};
  return {};
}

std::string Word<CorrelationId>::read(std::string const& text, CorrelationId& into) {
  auto const id = parse_correlation_id(text);
  if (!id) return "must be 32 lower-case hexadecimal digits, not all zero";
  into = *id;
  return {};
}

std::string Word<IdempotencyText>::read(std::string const& text, IdempotencyText& into) {
  into.value = text;
  if (text.starts_with('"'))
    if (auto const unquoted = wire::parse_idempotency_key(text)) into.value = *unquoted;
  return wire::is_idempotency_key(into.value) ? "" : std::string(wire::kIdempotencyKeyRule);
}

std::string check_name(std::string const& text) {
  if (is_name(text)) return {};
  return "must be a name: 1 to 64 lower-case letters, digits, '-', '_' or '.', "
         "and not . or ..";
}

std::string id_rule(std::string_view prefix) {
  return fmt::format("must be an id: {} and 16 lower-case hexadecimal digits", prefix);
}

}  // namespace tally::cli
