#include "wire/for_people.h"

#include <limits>

#include "base/printable.h"

namespace tally::wire {

namespace {

constexpr std::string_view kHasLines = "stderr_tail";

std::string one_line(std::string_view text) {
  return printable(text, std::numeric_limits<std::size_t>::max());
}

json::Value shown(json::Value const& value, std::string_view name) {
  if (auto const* text = value.string())
    return json::Value(name == kHasLines ? printable_lines(*text) : one_line(*text));
  if (auto const* array = value.array()) {
    json::Array items;
    for (json::Value const& item : *array) items.push_back(shown(item, name));
    return json::Value(std::move(items));
  }
  if (auto const* object = value.object()) {
    json::Object members;
    for (auto const& [key, member] : *object)
      members.emplace_back(one_line(key), shown(member, key));
    return json::Value(std::move(members));
  }
  return value;
}

}  // namespace

json::Value for_people(json::Value const& document) { return shown(document, {}); }

}  // namespace tally::wire
