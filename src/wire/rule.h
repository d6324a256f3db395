#pragma once

// What a member of a public message must keep to. One description serves the writer, the reader
// and the published schema, so that they cannot disagree.

#include <array>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

namespace tally::wire {

struct Rule {
  bool optional = false;        // may be absent when read: the struct's own value stays
  bool null_when_none = false;  // an absent std::optional is written as null
  bool in_path = false;         // of a message of parameters: stands in the path
  bool part_of_parent = false;  // the members of this struct stand beside its neighbours
  // Bounds: of an integer its value, of a text its characters, of a list or map its items, of an
  // amount its micros.
  std::int64_t min = std::numeric_limits<std::int64_t>::min();
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::int64_t key_max = 0;    // characters of a map's key; 0: no bound
  std::int64_t value_max = 0;  // characters of a map's value
  bool lines = false;          // a text of several lines, whatever stands in it
  std::span<std::string_view const> one_of = {};
  std::string_view says = {};  // a sentence for the schema
};

// One thing that is wrong with a body.
struct FieldError {
  std::string pointer;  // RFC 6901; empty: the body itself
  std::string detail;
  bool operator==(FieldError const&) const = default;
  static constexpr std::string_view kName = "FieldError";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("pointer", self.pointer, Rule{.says = "JSON pointer (RFC 6901) into the body"});
    visit("detail", self.detail);
  }
};

// Errors listed for one body; a longer list helps nobody.
inline constexpr std::size_t kFieldErrorsMax = 32;

}  // namespace tally::wire
