#pragma once

// Values of every kind from the front of a text, for fields_read.h, which adds the members of
// structs.

#include <cstring>

#include "codec/field_kinds.h"
#include "domain/facts.h"

namespace tally::codec {

// Takes values from the front of a text.
class Reader {
 public:
  // The text outlives the reader.
  explicit Reader(std::string_view text) : rest_(text) {}

  // False: `error` says what is wrong and where. `to` is then of no use.
  template <class T>
  bool read(T& to);
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // The literal of `text`, which needs no escapes.
  bool take_text(std::string_view text);
  // "name": and the comma before it where one is due, or nothing.
  bool take_name(std::string_view name, bool comma_due);
  // Reads nothing of the next so many bytes.
  bool pass_over(std::size_t bytes) {
    rest_.remove_prefix(bytes);
    return true;
  }
  // Back to what was read from `rest` on, as if it had not been.
  void go_back(std::string_view rest) { rest_ = rest; }
  // {"body":{...},"type":"..."} and {"body":{...},"kind":"..."} (event_decode.cc).
  bool read_command(domain::Command& to);
  bool read_facts(domain::Facts& to);
  // What nobody has read yet.
  std::string_view rest() const { return rest_; }

  // Each returns false. `within` says, from the innermost outwards, where the fault was.
  bool refuse(std::string_view what);
  bool within(std::string_view name);
  bool refuse(std::string_view what, std::string_view name) { return refuse(what) || within(name); }
  Error error() const;

 private:
  template <class T>
  bool read_object(T& to);
  template <class T>
  bool read_list(T& to);
  template <class T>
  bool read_enum(T& to);
  bool read_text(std::string& to);
  bool read_integer(std::int64_t& to);
  bool read_bool(bool& to);
  bool read_id(std::string_view prefix, std::uint64_t& to);
  bool read_hex(std::string_view prefix, std::span<std::uint8_t> to);
  bool read_labels(Labels& to);

  std::string_view rest_;
  std::string place_;  // JSON pointer
  std::string what_;
};

// Inlined into every place that names a member: there the name and its length are constants, and
// comparing it takes a few instructions instead of a call.
[[gnu::always_inline]] inline bool Reader::take_name(std::string_view name, bool comma_due) {
  std::size_t const start = comma_due ? 1 : 0;
  std::size_t const size = start + name.size() + 3;
  if (rest_.size() < size) return false;
  char const* const at = rest_.data();
  // Of absent members, whose names are other ones, most differ in the first letter already.
  if (at[start + 1] != name.front() || at[start] != '"' || (comma_due && *at != ',')) return false;
  if (std::memcmp(at + start + 1, name.data(), name.size()) != 0) return false;
  if (at[size - 2] != '"' || at[size - 1] != ':') return false;
  rest_.remove_prefix(size);
  return true;
}

template <class T>
bool Reader::read(T& to) {
  if constexpr (domain::HasFields<T>) {
    return read_object(to);
  } else if constexpr (domain::NamedEnum<T>) {
    return read_enum(to);
  } else if constexpr (std::same_as<T, domain::Command>) {
    return read_command(to);
  } else if constexpr (kIsOptional<T>) {
    return read(to.emplace());
  } else if constexpr (kIsList<T>) {
    return read_list(to);
  } else if constexpr (PrefixedId<T>) {
    std::uint64_t value = 0;
    bool const ok = read_id(IdPrefix<T>::text, value);
    to = T(value);
    return ok;
  } else if constexpr (StrongType<T>) {
    typename T::Rep value{};
    bool const ok = read(value);
    to = T(std::move(value));
    return ok;
  } else if constexpr (std::same_as<T, Digest>) {
    return read_hex({}, to.bytes);
  } else if constexpr (std::same_as<T, ContentRef>) {
    Digest digest;
    bool const ok = read_hex("sha256:", digest.bytes);
    to = ContentRef(digest);
    return ok;
  } else if constexpr (ByteArray<T>) {
    return read_hex({}, to);
  } else if constexpr (std::same_as<T, bool>) {
    return read_bool(to);
  } else if constexpr (std::same_as<T, Labels>) {
    return read_labels(to);
  } else if constexpr (std::same_as<T, std::int64_t>) {
    return read_integer(to);
  } else {
    static_assert(std::same_as<T, std::string>, "a type that nobody has given a JSON form");
    return read_text(to);
  }
}

// A set's elements stand in its own order, each once.
template <class T>
bool is_behind(std::set<T> const& items, T const& item) {
  return items.empty() || *items.rbegin() < item;
}
template <class T>
bool is_behind(std::vector<T> const&, T const&) {
  return true;
}

template <class T>
bool Reader::read_list(T& to) {
  if (!take('[')) return refuse("must be an array");
  to.clear();
  if (take(']')) return true;
  do {
    typename T::value_type item{};
    if (!read(item)) return within(std::to_string(to.size()));
    if (!is_behind(to, item)) return refuse("is not in its place", std::to_string(to.size()));
    to.insert(to.end(), std::move(item));
  } while (take(','));
  return take(']') || refuse("must be a list with commas and an end");
}

template <class T>
bool Reader::read_enum(T& to) {
  for (T each : all_of(T{})) {
    if (!take_text(name_of(each))) continue;
    to = each;
    return true;
  }
  return refuse("is none of the words that may stand here");
}

}  // namespace tally::codec
