#pragma once

// A public message out of a JSON document: the message, or everything that is wrong with it.

#include <tl/expected.hpp>

#include "wire/reading.h"

namespace tally::wire {

template <class T>
void read_any(Reading& reading, json::Value const& from, std::string const& at, Rule const& rule,
              T& into);

class ObjectReader {
 public:
  ObjectReader(Reading& reading, json::Value const& from, std::string const& at)
      : reading_(reading), from_(from), at_(at) {}

  template <class T>
  void operator()(std::string_view name, T& value, Rule const& rule = {}) {
    if constexpr (Message<T>) {
      if (rule.part_of_parent) return T::fields(value, *this);
    }
    known_.emplace_back(name);
    json::Value const* member = from_.find(name);
    bool const may_lack = rule.optional || Optional<T>;
    if (!member) {
      if (!may_lack) reading_.fault(json::pointer_join(at_, name), "is required");
    } else if (!(Optional<T> && member->is_null() && (rule.null_when_none || !reading_.strict()))) {
      read_any(reading_, *member, json::pointer_join(at_, name), rule, value);
    }
  }
  std::vector<std::string> const& known() const { return known_; }

 private:
  Reading& reading_;
  json::Value const& from_;
  std::string const& at_;
  std::vector<std::string> known_;
};

template <class T>
void read_any(Reading& reading, json::Value const& from, std::string const& at, Rule const& rule,
              T& into) {
  if constexpr (Optional<T>) {
    typename OptionalOf<T>::Inner inner{};
    read_any(reading, from, at, rule, inner);
    into = std::move(inner);
  } else if constexpr (List<T>) {
    if (!reading.list_fits(from, at, rule)) return;
    Rule of_items = rule;
    of_items.min = std::numeric_limits<std::int64_t>::min();
    of_items.max = std::numeric_limits<std::int64_t>::max();
    std::size_t index = 0;
    for (auto const& item : *from.array()) {
      typename ListOf<T>::Inner inner{};
      read_any(reading, item, json::pointer_join(at, std::to_string(index++)), of_items, inner);
      into.push_back(std::move(inner));
    }
  } else if constexpr (Message<T>) {
    if (!from.object()) {
      return reading.fault(at, "must be an object, not " + std::string(kind_of(from)));
    }
    ObjectReader members(reading, from, at);
    T::fields(into, members);
    if (reading.strict()) reading.unknown_members(*from.object(), at, members.known());
  } else {
    reading.read(from, at, rule, into);
  }
}

template <Message T>
using Read = tl::expected<T, std::vector<FieldError>>;

template <Message T>
Read<T> from_json(json::Value const& from, Strictness strictness) {
  Reading reading(strictness);
  T message{};
  read_any(reading, from, "", {}, message);
  auto errors = reading.take();
  if (!errors.empty()) return tl::unexpected(std::move(errors));
  return message;
}

}  // namespace tally::wire
