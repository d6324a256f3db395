#pragma once

// Reads one JSON value as one kind of value, or says what is wrong with it. All that is wrong with
// a body is collected, so that the caller mends it in one go. Details never quote the body.

#include <set>
#include <string>
#include <vector>

#include "wire/shape.h"

namespace tally::wire {

// strict: an unknown member is an error; for requests. lenient: it is passed over, so an older
// client understands a newer server.
enum class Strictness { strict, lenient };

class Reading {
 public:
  explicit Reading(Strictness strictness) : strictness_(strictness) {}
  void fault(std::string pointer, std::string detail);
  bool strict() const { return strictness_ == Strictness::strict; }
  std::vector<FieldError> take() { return std::move(errors_); }

  void read(json::Value const& from, std::string const& at, Rule const&, json::Value& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, std::string& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, bool& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, std::int64_t& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, Micros& into);
  // More than 6 decimals are rounded up.
  void read(json::Value const& from, std::string const& at, Rule const& rule, SaidCost& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, Instant& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, Digest& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, ContentRef& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, CorrelationId& into);
  void read(json::Value const& from, std::string const& at, Rule const& rule, Labels& into);
  void read(json::Value const& from, std::string const& at, Rule const&, ErrorId& into);
  void read(json::Value const& from, std::string const& at, Rule const&, LabelFilter& into);
  template <ClosedWord Word>
  void read(json::Value const& from, std::string const& at, Rule const&, Word& into) {
    auto const word = from.string() ? parse_word<Word>(*from.string()) : std::nullopt;
    if (word) {
      into = *word;
    } else {
      fault_choices(at, kWords<Word>);
    }
  }
  template <PrefixedId Id>
  void read(json::Value const& from, std::string const& at, Rule const&, Id& into) {
    auto id = from.string() ? parse_id<Id>(*from.string()) : std::nullopt;
    if (id) {
      into = *id;
    } else {
      fault(at, "must be an id: \"" + std::string(IdPrefix<Id>::text) +
                    "\" and 16 lower-case hexadecimal digits");
    }
  }
  template <Name T>
  void read(json::Value const& from, std::string const& at, Rule const&, T& into) {
    if (from.string() && is_name(*from.string())) {
      into = T(*from.string());
    } else {
      fault(at, std::string(kNameRule));
    }
  }

  void fault_choices(std::string const& at, std::span<std::string_view const> choices);
  // "did you mean" for a member that nobody knows.
  void unknown_members(json::Object const& object, std::string const& at,
                       std::vector<std::string> const& known);
  // True when the value is a list within the rule's bounds.
  bool list_fits(json::Value const& from, std::string const& at, Rule const& rule);

  static constexpr std::string_view kNameRule =
      "must be a name: 1 to 64 lower-case letters, digits, '-', '_' or '.'";

 private:
  Strictness strictness_;
  std::vector<FieldError> errors_;
};

// "a string", "an integer", ... for messages.
std::string_view kind_of(json::Value const& value);

}  // namespace tally::wire
