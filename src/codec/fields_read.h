#pragma once

// The reading half of fields_json.h.

#include "codec/field_kinds.h"

namespace tally::codec {

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
