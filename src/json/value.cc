#include "json/value.h"

#include <algorithm>
#include <utility>

namespace tally::json {

Value const* Value::find(std::string_view name) const {
  Object const* members = object();
  if (members == nullptr) return nullptr;
  auto at = std::find_if(members->begin(), members->end(),
                         [&](Member const& member) { return member.first == name; });
  return at == members->end() ? nullptr : &at->second;
}

Value* Value::find(std::string_view name) {
  return const_cast<Value*>(std::as_const(*this).find(name));
}

std::string pointer_join(std::string_view parent, std::string_view name) {
  std::string pointer(parent);
  pointer.push_back('/');
  for (char c : name) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer.push_back(c);
    }
  }
  return pointer;
}

}  // namespace tally::json
