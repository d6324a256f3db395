#pragma once

// The writing half of fields_json.h.

#include <cstring>

#include "codec/buffer.h"
#include "codec/field_kinds.h"
#include "domain/facts.h"

namespace tally::codec {

// Strings are UTF-8 and integers within +-(2^53-1), or the buffer is spoiled: such a leaf could
// never be read again.
void write_text(Buffer& out, std::string_view text);
// The literal of a word of our own, which needs no escapes.
void write_word(Buffer& out, std::string_view word);
void write_integer(Buffer& out, std::int64_t number);
void write_hex(Buffer& out, std::string_view prefix, ByteView bytes);
// The digits alone, without quotes.
void write_digits(Buffer& out, ByteView bytes);
void write_digits(Buffer& out, std::uint64_t number);
void write_id(Buffer& out, std::string_view prefix, std::uint64_t value);
void write_labels(Buffer& out, Labels const& labels);
// {"body":{...},"type":"..."}, with "v" from version 2 on, and {"body":{...},"kind":"..."}, as in a
// snapshot (event_encode.cc).
void write_command(Buffer& out, domain::Command const& command);
void write_facts(Buffer& out, domain::Facts const& facts);
// The member's name, with the comma before it where one is due. Inlined into every place that names
// a member: there the name and its length are constants, and copying it takes a few instructions
// instead of a call.
[[gnu::always_inline]] inline void write_name(Buffer& out, std::string_view name) {
  bool const comma_due = !out.ends_with('{');
  char* at = out.extend(name.size() + (comma_due ? 4 : 3));
  if (comma_due) *at++ = ',';
  *at++ = '"';
  std::memcpy(at, name.data(), name.size());
  at[name.size()] = '"';
  at[name.size() + 1] = ':';
}

template <class T>
void write_value(Buffer& out, T const& value);

struct MemberWriter {
  Buffer& out;

  template <class T>
  [[gnu::always_inline]] void operator()(std::string_view name, T const& value) const {
    if constexpr (domain::HasFields<T>) {
      // Whether a struct is empty is known once it is written; taking "{}" back beats asking twice.
      std::size_t const before = out.size();
      write_name(out, name);
      std::size_t const start = out.size();
      write_value(out, value);
      if (out.size() == start + 2) out.shorten(before);
    } else if (!is_left_out(value)) {
      always(name, value);
    }
  }

  template <class T>
  [[gnu::always_inline]] void always(std::string_view name, T const& value) const {
    write_name(out, name);
    write_value(out, value);
  }
};

template <class T>
void write_list(Buffer& out, T const& items) {
  out.put('[');
  for (auto const& item : items) {
    if (!out.ends_with('[')) out.put(',');
    write_value(out, item);
  }
  out.put(']');
}

template <class T>
void write_value(Buffer& out, T const& value) {
  if constexpr (domain::HasFields<T>) {
    out.put('{');
    value.fields(MemberWriter{out});
    out.put('}');
  } else if constexpr (domain::NamedEnum<T>) {
    write_word(out, name_of(value));
  } else if constexpr (std::same_as<T, domain::Command>) {
    write_command(out, value);
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
    out.put(std::string_view(value ? "true" : "false"));
  } else if constexpr (std::same_as<T, Labels>) {
    write_labels(out, value);
  } else if constexpr (std::same_as<T, std::int64_t>) {
    write_integer(out, value);
  } else {
    static_assert(std::same_as<T, std::string>, "a type that nobody has given a JSON form");
    write_text(out, value);
  }
}

}  // namespace tally::codec
