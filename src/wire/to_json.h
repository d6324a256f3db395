#pragma once

// A public message as JSON text, members in the order of its `fields`.

#include "json/writer.h"
#include "wire/shape.h"

namespace tally::wire {

template <class T>
void write_json(json::Writer& out, T const& value);

class MemberWriter {
 public:
  explicit MemberWriter(json::Writer& out) : out_(out) {}

  template <class T>
  void operator()(std::string_view name, T const& value, Rule const& rule = {}) {
    if constexpr (Optional<T>) {
      if (value)
        (*this)(name, *value, rule);
      else if (rule.null_when_none)
        out_.key(name).null();
    } else {
      if constexpr (Message<T>)
        if (rule.part_of_parent) return T::fields(value, *this);
      out_.key(name);
      write_json(out_, value);
    }
  }

 private:
  json::Writer& out_;
};

template <class T>
void write_json(json::Writer& out, T const& value) {
  if constexpr (std::same_as<T, json::Value> || std::same_as<T, bool> || std::integral<T>) {
    out.value(value);
  } else if constexpr (std::same_as<T, std::string>) {
    out.value(std::string_view(value));
  } else if constexpr (std::same_as<T, Micros>) {
    out.value(std::string_view(format_usd(value)));
  } else if constexpr (std::same_as<T, SaidCost>) {
    out.value(std::string_view(format_usd(value.amount)));
  } else if constexpr (std::same_as<T, Instant>) {
    out.value(std::string_view(to_rfc3339(value)));
  } else if constexpr (std::same_as<T, Digest>) {
    out.value(std::string_view(value.hex()));
  } else if constexpr (std::same_as<T, ContentRef>) {
    out.value(std::string_view(value.text()));
  } else if constexpr (ClosedWord<T>) {
    out.value(name_of(value));
  } else if constexpr (PrefixedId<T> || std::same_as<T, CorrelationId>) {
    out.value(std::string_view(to_text(value)));
  } else if constexpr (Name<T>) {
    out.value(std::string_view(value.value()));
  } else if constexpr (List<T>) {
    out.begin_array();
    for (auto const& item : value) write_json(out, item);
    out.end_array();
  } else if constexpr (std::same_as<T, Labels>) {
    out.begin_object();
    for (auto const& [key, text] : value) out.member(key, std::string_view(text));
    out.end_object();
  } else {
    static_assert(Message<T>, "not a kind of value that a public message may hold");
    out.begin_object();
    T::fields(value, MemberWriter(out));
    out.end_object();
  }
}

template <class T>
std::string to_json(T const& value) {
  constexpr std::size_t kUsualBytes = 1'024;
  std::string text;
  text.reserve(kUsualBytes);
  json::Writer out(text);
  write_json(out, value);
  return text;
}

}  // namespace tally::wire
