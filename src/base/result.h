#pragma once

// Expected failures are values. An Error keeps apart what the caller may see (`code`, `detail`)
// and what only we may see (`internal`: errno, paths, causes), so no view can leak by accident.

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace tally {

struct Error {
  std::string code;      // stable word, snake_case, e.g. "validation_error"
  std::string detail;    // a sentence for the caller: what is wrong, where, what to do next
  std::string internal;  // for our own log only
  bool operator==(Error const&) const = default;
};

template <class T>
struct [[nodiscard]] Result : tl::expected<T, Error> {
  using tl::expected<T, Error>::expected;
  Result(tl::expected<T, Error> other) : tl::expected<T, Error>(std::move(other)) {}
};

inline tl::unexpected<Error> fail(std::string code, std::string detail, std::string internal = {}) {
  return tl::unexpected<Error>(Error{std::move(code), std::move(detail), std::move(internal)});
}

}  // namespace tally

#define TALLY_JOIN2(a, b) a##b
#define TALLY_JOIN(a, b) TALLY_JOIN2(a, b)

// TRY(name, expression): `name` is the value, or the function returns the error.
#define TRY(name, ...)                                                                      \
  auto TALLY_JOIN(tried_, __LINE__) = (__VA_ARGS__);                                        \
  if (!TALLY_JOIN(tried_, __LINE__))                                                        \
    return tl::unexpected<::tally::Error>(std::move(TALLY_JOIN(tried_, __LINE__)).error()); \
  auto name = std::move(*TALLY_JOIN(tried_, __LINE__))

// TRY_VOID(expression): the function returns the error, if any.
#define TRY_VOID(...)                                                            \
  do {                                                                           \
    auto tried = (__VA_ARGS__);                                                  \
    if (!tried) return tl::unexpected<::tally::Error>(std::move(tried).error()); \
  } while (false)
