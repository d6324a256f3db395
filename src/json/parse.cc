#include <simdjson.h>

#include <algorithm>

#include "json/fault.h"
#include "json/value.h"

namespace tally::json {

namespace {

namespace dom = simdjson::dom;

// Larger than any request body, segment line or report that is read as one document.
constexpr std::size_t kTextBytesMax = std::size_t{64} << 20;
// A parser keeps its buffers; documents above this use one of their own and give it back.
constexpr std::size_t kKeptTextBytesMax = std::size_t{1} << 20;
// Up to here, comparing each name with each other beats sorting them.
constexpr std::size_t kFewNames = 8;
// How much of a name or a number an error repeats.
constexpr std::size_t kQuotedBytesMax = 64;

// The way from the root to a value, kept on the stack; it becomes text only in an error.
struct Place {
  Place const* above;
  std::string_view name;
  std::size_t index;
  bool in_array;

  std::string pointer() const {
    if (above == nullptr) return {};
    return pointer_join(above->pointer(), in_array ? std::to_string(index) : name);
  }
};

std::string shown(Place const& place) {
  std::string pointer = place.pointer();
  return pointer.empty() ? "the root" : pointer;
}

class Converter {
 public:
  // False after `problem` is set.
  bool convert(dom::element from, Place const& place, std::size_t depth, Value& to) {
    switch (from.type()) {
      case dom::element_type::NULL_VALUE:
        to = Value();
        return true;
      case dom::element_type::BOOL:
        to = Value(from.get_bool().value_unsafe());
        return true;
      case dom::element_type::STRING:
        to = Value(from.get_string().value_unsafe());
        return true;
      case dom::element_type::DOUBLE:
        return real(from.get_double().value_unsafe(), place, to);
      case dom::element_type::INT64:
        return integer(from.get_int64().value_unsafe(), place, to);
      case dom::element_type::UINT64:  // above 2^63, by simdjson's rule
        return too_large(place);
      case dom::element_type::ARRAY:
        return array(from.get_array().value_unsafe(), place, depth + 1, to);
      case dom::element_type::OBJECT:
        return object(from.get_object().value_unsafe(), place, depth + 1, to);
    }
    return refuse("unknown kind of value", place);
  }

  std::string problem;

 private:
  bool refuse(std::string_view what, Place const& place) {
    problem = std::string(what) + " at " + shown(place);
    return false;
  }
  bool too_large(Place const& place) {
    return refuse("an integer beyond 2^53-1 must be sent as a string:", place);
  }

  bool integer(std::int64_t number, Place const& place, Value& to) {
    if (number < -kIntegerMax || number > kIntegerMax) return too_large(place);
    to = Value(number);
    return true;
  }

  bool real(double number, Place const& place, Value& to) {
    if (is_whole_beyond(number)) return too_large(place);
    to = Value(number);
    return true;
  }

  bool array(dom::array from, Place const& place, std::size_t depth, Value& to) {
    if (depth > kDepthMax) return refuse("nesting is deeper than 64", place);
    Array items;
    items.reserve(from.size());
    for (dom::element element : from) {
      Place const here{&place, {}, items.size(), true};
      if (!convert(element, here, depth, items.emplace_back())) return false;
    }
    to = Value(std::move(items));
    return true;
  }

  bool object(dom::object from, Place const& place, std::size_t depth, Value& to) {
    if (depth > kDepthMax) return refuse("nesting is deeper than 64", place);
    Object members;
    members.reserve(from.size());
    for (dom::key_value_pair member : from) {
      Place const here{&place, member.key, 0, false};
      auto& [name, value] = members.emplace_back(std::string(member.key), Value());
      if (!convert(member.value, here, depth, value)) return false;
    }
    if (!unique(members, place)) return false;
    to = Value(std::move(members));
    return true;
  }

  bool unique(Object const& members, Place const& place) {
    if (members.size() > kFewNames) return unique_sorted(members, place);
    for (auto member = members.begin(); member != members.end(); ++member) {
      auto same = [&](Member const& other) { return other.first == member->first; };
      if (std::any_of(members.begin(), member, same)) return repeated(member->first, place);
    }
    return true;
  }

  bool unique_sorted(Object const& members, Place const& place) {
    std::vector<std::string_view> names(members.size());
    std::transform(members.begin(), members.end(), names.begin(),
                   [](Member const& member) -> std::string_view { return member.first; });
    std::sort(names.begin(), names.end());
    auto twice = std::adjacent_find(names.begin(), names.end());
    return twice == names.end() || repeated(*twice, place);
  }

  bool repeated(std::string_view name, Place const& place) {
    std::string what = "the member name ";
    append_string(what, name.size() <= kQuotedBytesMax ? name : std::string_view("(long)"));
    return refuse(what + " stands twice in the object", place);
  }
};

Result<Value> refuse_text(std::string_view text, simdjson::error_code error) {
  if (auto fault = find_fault(text))
    return fail("malformed",
                "not valid JSON at byte " + std::to_string(fault->at) + ": " + fault->what);
  return fail("malformed", "not valid JSON", simdjson::error_message(error));
}

Result<Value> parse_with(dom::parser& parser, std::string_view text) {
  dom::element root;
  auto const error = parser.parse(text.data(), text.size()).get(root);
  if (error != simdjson::SUCCESS) return refuse_text(text, error);
  Converter converter;
  Value value;
  if (!converter.convert(root, Place{nullptr, {}, 0, false}, 0, value))
    return fail("malformed", converter.problem);
  return value;
}

}  // namespace

Result<Value> parse(std::string_view text) {
  if (text.size() > kTextBytesMax)
    return fail("malformed", "the document is larger than 64 MiB; send it in parts");
  if (text.size() > kKeptTextBytesMax) {
    dom::parser parser;
    return parse_with(parser, text);
  }
  thread_local dom::parser parser;
  return parse_with(parser, text);
}

}  // namespace tally::json
