#pragma once

// The generic half of the codec: any domain value to canonical JSON and back, through `fields`
// (domain/fields.h). One rule keeps the bytes unique: a member that equals zero, false, empty or
// nothing is left out, and so is a struct whose members are all left out; an absent member reads
// as exactly that, whatever its initialiser says. Enums are always written, by name; elements of
// containers and engaged optionals are always written too.
//
// `fields` lists members in ascending order, so writing needs no sorting and reading is one merge.

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/strong.h"
#include "domain/fields.h"
#include "json/value.h"

namespace tally::codec {

using Labels = std::map<std::string, std::string>;

template <class T>
concept PrefixedId = requires { IdPrefix<T>::text; };
template <class T>
concept StrongInteger = StrongType<T> && std::same_as<typename T::Rep, std::int64_t>;
template <class T>
concept StrongText = StrongType<T> && std::same_as<typename T::Rep, std::string>;

template <class T>
inline constexpr bool kIsByteArray = false;
template <std::size_t n>
inline constexpr bool kIsByteArray<std::array<std::uint8_t, n>> = true;
template <class T>
concept ByteArray = kIsByteArray<T>;
template <class T>
concept StrongBytes = StrongType<T> && ByteArray<typename T::Rep>;

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsList = false;
template <class T>
inline constexpr bool kIsList<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsList<std::set<T>> = true;

// ---- Writing ----

// Strings are UTF-8 and integers within +-(2^53-1), or the process stops: such a leaf could never
// be read again.
void write_text(std::string& out, std::string_view text);
void write_integer(std::string& out, std::int64_t number);
void write_hex(std::string& out, std::string_view prefix, ByteView bytes);
void write_id(std::string& out, std::string_view prefix, std::uint64_t value);
void write_labels(std::string& out, Labels const& labels);
// The member's name, with the comma before it where one is due.
void write_name(std::string& out, std::string_view name);

template <class T>
void write_value(std::string& out, T const& value);

template <class T>
bool is_left_out(T const& value) {
  if constexpr (domain::NamedEnum<T>) {
    return false;
  } else if constexpr (kIsOptional<T>) {
    return !value.has_value();
  } else if constexpr (StrongText<T>) {
    return value.value().empty();
  } else if constexpr (requires { value.empty(); }) {
    return value.empty();
  } else {
    return value == T{};
  }
}

struct MemberWriter {
  std::string& out;

  template <class T>
  void operator()(std::string_view name, T const& value) const {
    if constexpr (domain::HasFields<T>) {
      // Whether a struct is empty is known once it is written; taking "{}" back beats asking twice.
      std::size_t const before = out.size();
      write_name(out, name);
      std::size_t const start = out.size();
      write_value(out, value);
      if (out.size() == start + 2) out.resize(before);
    } else if (!is_left_out(value)) {
      always(name, value);
    }
  }

  template <class T>
  void always(std::string_view name, T const& value) const {
    write_name(out, name);
    write_value(out, value);
  }
};

template <class T>
void write_list(std::string& out, T const& items) {
  out.push_back('[');
  for (auto const& item : items) {
    if (out.back() != '[') out.push_back(',');
    write_value(out, item);
  }
  out.push_back(']');
}

template <class T>
void write_value(std::string& out, T const& value) {
  if constexpr (domain::HasFields<T>) {
    out.push_back('{');
    T::fields(value, MemberWriter{out});
    out.push_back('}');
  } else if constexpr (domain::NamedEnum<T>) {
    write_text(out, name_of(value));
  } else if constexpr (kIsOptional<T>) {
    write_value(out, *value);
  } else if constexpr (kIsList<T>) {
    write_list(out, value);
  } else if constexpr (PrefixedId<T>) {
    write_id(out, IdPrefix<T>::text, value.value());
  } else if constexpr (StrongType<T>) {
    write_value(out, value.value());
  } else if constexpr (std::same_as<T, Digest>) {
    write_hex(out, {}, value.bytes);
  } else if constexpr (std::same_as<T, ContentRef>) {
    write_hex(out, "sha256:", value.digest().bytes);
  } else if constexpr (ByteArray<T>) {
    write_hex(out, {}, value);
  } else if constexpr (std::same_as<T, bool>) {
    out += value ? "true" : "false";
  } else if constexpr (std::same_as<T, Labels>) {
    write_labels(out, value);
  } else if constexpr (std::same_as<T, std::int64_t>) {
    write_integer(out, value);
  } else {
    static_assert(std::same_as<T, std::string>, "a type that nobody has given a JSON form");
    write_text(out, value);
  }
}

// ---- Reading ----

// What an absent member stands for.
template <class T>
void clear(T& value) {
  if constexpr (domain::HasFields<T>) {
    T::fields(value, [](std::string_view, auto& member) { clear(member); });
  } else {
    value = T{};
  }
}

// Reads strictly as to names, order and types. That nothing stands there which should have been
// left out is for the caller to prove, by writing the value again and comparing the bytes.
class Reader {
 public:
  // False: `error` says what is wrong and where. `to` is then of no use.
  template <class T>
  bool read(json::Value const& from, T& to);
  template <class T>
  bool read_member(std::string_view name, json::Value const& from, T& to) {
    return read(from, to) || within(name);
  }

  // Each returns false. `within` says, from the innermost outwards, where the fault was.
  bool refuse(std::string_view what);
  bool within(std::string_view name);
  bool refuse(std::string_view what, std::string_view name) { return refuse(what) || within(name); }
  Error error() const;

 private:
  template <class T>
  bool read_object(json::Value const& from, T& to);
  template <class T>
  bool read_list(json::Value const& from, T& to);
  template <class T>
  bool read_enum(json::Value const& from, T& to);
  bool read_text(json::Value const& from, std::string& to);
  bool read_integer(json::Value const& from, std::int64_t& to);
  bool read_bool(json::Value const& from, bool& to);
  bool read_id(json::Value const& from, std::string_view prefix, std::uint64_t& to);
  bool read_hex(json::Value const& from, std::string_view prefix, std::span<std::uint8_t> to);
  bool read_labels(json::Value const& from, Labels& to);

  std::string place_;  // JSON pointer
  std::string what_;
};

// Walks an object's members beside the names that `fields` lists.
class MemberReader {
 public:
  // `from` outlives this; if it is no object, nothing is read and `finish` is false.
  MemberReader(Reader& reader, json::Value const& from);

  template <class T>
  void operator()(std::string_view name, T& to) {
    if (!ok_) return;
    if (auto const* value = take(name)) {
      ok_ = reader_.read_member(name, *value, to);
    } else if constexpr (domain::NamedEnum<T>) {
      ok_ = missing(name);
    } else {
      clear(to);
    }
  }

  template <class T>
  void always(std::string_view name, T& to) {
    if (!ok_) return;
    auto const* value = take(name);
    ok_ = value != nullptr ? reader_.read_member(name, *value, to) : missing(name);
  }

  // The member if it is the next one, or null pointer.
  json::Value const* take(std::string_view name);
  bool missing(std::string_view name);
  // True when all went well and no member is left.
  bool finish();

 private:
  bool stranger();

  Reader& reader_;
  json::Object const* members_;
  std::size_t next_ = 0;
  bool ok_;
};

template <class T>
bool Reader::read(json::Value const& from, T& to) {
  if constexpr (domain::HasFields<T>) {
    return read_object(from, to);
  } else if constexpr (domain::NamedEnum<T>) {
    return read_enum(from, to);
  } else if constexpr (kIsOptional<T>) {
    return read(from, to.emplace());
  } else if constexpr (kIsList<T>) {
    return read_list(from, to);
  } else if constexpr (PrefixedId<T>) {
    std::uint64_t value = 0;
    bool const ok = read_id(from, IdPrefix<T>::text, value);
    to = T(value);
    return ok;
  } else if constexpr (StrongType<T>) {
    typename T::Rep value{};
    bool const ok = read(from, value);
    to = T(std::move(value));
    return ok;
  } else if constexpr (std::same_as<T, Digest>) {
    return read_hex(from, {}, to.bytes);
  } else if constexpr (std::same_as<T, ContentRef>) {
    Digest digest;
    bool const ok = read_hex(from, "sha256:", digest.bytes);
    to = ContentRef(digest);
    return ok;
  } else if constexpr (ByteArray<T>) {
    return read_hex(from, {}, to);
  } else if constexpr (std::same_as<T, bool>) {
    return read_bool(from, to);
  } else if constexpr (std::same_as<T, Labels>) {
    return read_labels(from, to);
  } else if constexpr (std::same_as<T, std::int64_t>) {
    return read_integer(from, to);
  } else {
    static_assert(std::same_as<T, std::string>, "a type that nobody has given a JSON form");
    return read_text(from, to);
  }
}

template <class T>
bool Reader::read_object(json::Value const& from, T& to) {
  MemberReader members(*this, from);
  T::fields(to, members);
  return members.finish();
}

template <class T>
bool Reader::read_list(json::Value const& from, T& to) {
  json::Array const* items = from.array();
  if (items == nullptr) return refuse("must be an array");
  to.clear();
  for (std::size_t i = 0; i < items->size(); ++i) {
    typename T::value_type item{};
    if (!read((*items)[i], item)) return within(std::to_string(i));
    to.insert(to.end(), std::move(item));
  }
  return true;
}

template <class T>
bool Reader::read_enum(json::Value const& from, T& to) {
  std::string const* text = from.string();
  for (T each : all_of(T{})) {
    if (text == nullptr || name_of(each) != *text) continue;
    to = each;
    return true;
  }
  return refuse("is none of the words that may stand here");
}

}  // namespace tally::codec
