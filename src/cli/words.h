#pragma once

// One argument's text as a value. `read` returns what is wrong with the text, or nothing; `kind`
// is what help calls it.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/closed_words.h"
#include "base/ids.h"
#include "base/money.h"
#include "base/time.h"

namespace tally::cli {

template <class T>
struct Word;

// "k=v".
struct Label {
  std::string key;
  std::string value;
};

// What a request may be repeated by. In quotes it is what stands between them, as in the header.
struct IdempotencyText {
  std::string value;
};

template <>
struct Word<std::string> {
  static constexpr std::string_view kind = "TEXT";
  static std::string read(std::string const& text, std::string& into);
};
template <>
struct Word<std::int64_t> {
  static constexpr std::string_view kind = "N";
  static std::string read(std::string const& text, std::int64_t& into);
};
template <>
struct Word<Micros> {
  static constexpr std::string_view kind = "USD";
  static std::string read(std::string const& text, Micros& into);
};
template <>
struct Word<Instant> {
  static constexpr std::string_view kind = "TIME";
  static std::string read(std::string const& text, Instant& into);
};
template <>
struct Word<Label> {
  static constexpr std::string_view kind = "KEY=VALUE";
  static std::string read(std::string const& text, Label& into);
};

template <>
struct Word<IdempotencyText> {
  static constexpr std::string_view kind = "KEY";
  static std::string read(std::string const& text, IdempotencyText& into);
};

// TenantId, JobName and their kin.
std::string check_name(std::string const& text);
template <StrongType T>
requires std::same_as<typename T::Rep, std::string>
struct Word<T> {
  static constexpr std::string_view kind = "NAME";
  static std::string read(std::string const& text, T& into) {
    into = T(text);
    return check_name(text);
  }
};

std::string id_rule(std::string_view prefix);
template <class T>
requires requires { IdPrefix<T>::text; }
struct Word<T> {
  static constexpr std::string_view kind = "ID";
  static std::string read(std::string const& text, T& into) {
    auto const id = parse_id<T>(text);
    if (!id) return id_rule(IdPrefix<T>::text);
    into = *id;
    return {};
  }
};

template <>
struct Word<CorrelationId> {
  static constexpr std::string_view kind = "TRACE";
  static std::string read(std::string const& text, CorrelationId& into);
};

// Which words there are, `one_of` says.
template <ClosedWord T>
struct Word<T> {
  static constexpr std::string_view kind = "WORD";
  static std::string read(std::string const& text, T& into) {
    auto const word = parse_word<T>(text);
    if (!word) return "is not one of the words";
    into = *word;
    return {};
  }
};

template <class T>
struct Word<std::optional<T>> {
  static constexpr std::string_view kind = Word<T>::kind;
  static std::string read(std::string const& text, std::optional<T>& into) {
    return Word<T>::read(text, into.emplace());
  }
};
// Each text is one more item.
template <class T>
struct Word<std::vector<T>> {
  static constexpr std::string_view kind = Word<T>::kind;
  static std::string read(std::string const& text, std::vector<T>& into) {
    return Word<T>::read(text, into.emplace_back());
  }
};
template <class T>
inline constexpr bool kTakesMany = false;
template <class T>
inline constexpr bool kTakesMany<std::vector<T>> = true;

}  // namespace tally::cli
