#include <algorithm>
#include <array>
#include <charconv>

#include "json/literal.h"
#include "json/value.h"

namespace tally::json {

namespace {

enum class Order { as_given, sorted };

void append_value(std::string& out, Value const& value, Order order);

void append_member(std::string& out, Member const& member, Order order) {
  if (out.back() != '{') out.push_back(',');
  append_string(out, member.first);
  out.push_back(':');
  append_value(out, member.second, order);
}

void append_object(std::string& out, Object const& members, Order order) {
  out.push_back('{');
  if (order == Order::as_given) {
    for (Member const& member : members) append_member(out, member, order);
  } else {
    std::vector<Member const*> sorted;
    sorted.reserve(members.size());
    for (Member const& member : members) sorted.push_back(&member);
    std::sort(sorted.begin(), sorted.end(),
              [](Member const* a, Member const* b) { return utf16_less(a->first, b->first); });
    for (Member const* member : sorted) append_member(out, *member, order);
  }
  out.push_back('}');
}

void append_array(std::string& out, Array const& items, Order order) {
  out.push_back('[');
  for (Value const& item : items) {
    if (&item != items.data()) out.push_back(',');
    append_value(out, item, order);
  }
  out.push_back(']');
}

void append_integer(std::string& out, std::int64_t number) {
  std::array<char, 24> buffer{};
  auto const end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
  out.append(buffer.data(), end);
}

void append_value(std::string& out, Value const& value, Order order) {
  if (auto const* flag = value.boolean()) {
    out += *flag ? "true" : "false";
  } else if (auto const* integer = value.integer()) {
    append_integer(out, *integer);
  } else if (auto const* real = value.real()) {
    append_double(out, *real);
  } else if (auto const* text = value.string()) {
    append_string(out, *text);
  } else if (auto const* items = value.array()) {
    append_array(out, *items, order);
  } else if (auto const* members = value.object()) {
    append_object(out, *members, order);
  } else {
    out += "null";
  }
}

}  // namespace

std::string canonical(Value const& value) {
  std::string out;
  append_value(out, value, Order::sorted);
  return out;
}

std::string write(Value const& value) {
  std::string out;
  append_value(out, value, Order::as_given);
  return out;
}

}  // namespace tally::json
