#include "audit/json_difference.h"

#include <set>

#include "base/check.h"
#include "json/value.h"

namespace tally::audit {

namespace {

void walk(std::string const& pointer, json::Value const* a, json::Value const* b,
          std::vector<Difference>& differences) {
  if (a != nullptr && b != nullptr && a->object() != nullptr && b->object() != nullptr) {
    std::set<std::string> names;
    for (auto const& [name, value] : *a->object()) names.insert(name);
    for (auto const& [name, value] : *b->object()) names.insert(name);
    for (std::string const& name : names)
      walk(json::pointer_join(pointer, name), a->find(name), b->find(name), differences);
    return;
  }
  if (a != nullptr && b != nullptr && *a == *b) return;
  auto shown = [](json::Value const* value) {
    return value == nullptr ? std::string("nothing") : json::canonical(*value);
  };
  differences.push_back({pointer, shown(a), shown(b)});
}

}  // namespace

void append_differences(std::string const& pointer, std::string_view recorded,
                        std::string_view replayed, std::vector<Difference>& differences) {
  auto const a = json::parse(recorded);
  auto const b = json::parse(replayed);
  TALLY_CHECK(a && b, "an encoded event is not JSON");
  walk(pointer, &*a, &*b, differences);
}

}  // namespace tally::audit
