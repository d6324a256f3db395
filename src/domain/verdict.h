#pragma once

// One verdict for gates, suites, pilots and kill switches:
//
//   pass < warn < inconclusive < error < fail
//
// inconclusive: there is too little to say (no data, no rules, no tests, stale evidence, a missing
// file). error: it could not be evaluated (a check crashed). Neither is a yes: both block, as fail
// does. So that nothing passes by being forgotten, whatever is made without a word is inconclusive.
//
// Every rule is evaluated, and then the worst counts; nobody stops at the first. No average, no
// score. What is not a whole number is given in millionths of its unit.

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/digest.h"
#include "base/time.h"

namespace tally::domain {

class Verdict {
 public:
  enum Word : std::uint8_t { pass, warn, inconclusive, error, fail };  // from the best on

  constexpr Verdict() = default;
  constexpr Verdict(Word word) : word_(word) {}
  constexpr Word word() const { return word_; }
  friend constexpr bool operator==(Verdict, Verdict) = default;
  friend constexpr auto operator<=>(Verdict, Verdict) = default;  // the worse is the greater

 private:
  Word word_ = inconclusive;
};

constexpr std::array<Verdict, 5> all_of(Verdict) {
  return {Verdict::pass, Verdict::warn, Verdict::inconclusive, Verdict::error, Verdict::fail};
}
constexpr std::string_view name_of(Verdict verdict) {
  constexpr std::array<std::string_view, 5> names{"pass", "warn", "inconclusive", "error", "fail"};
  return names[static_cast<std::size_t>(verdict.word())];
}

// May it go on without a waiver?
constexpr bool lets_through(Verdict verdict) { return verdict <= Verdict::warn; }

// The worst of all; of nothing: inconclusive.
constexpr Verdict worst_of(std::span<Verdict const> verdicts) {
  if (verdicts.empty()) return Verdict::inconclusive;
  return *std::ranges::max_element(verdicts);
}

// The exit code of a command that ends with this verdict; the other codes of cli/exit_code.h say
// that it came to none.
constexpr int exit_code_of(Verdict verdict) {
  constexpr std::array<int, 5> codes{0, 0, 3, 4, 1};
  return codes[static_cast<std::size_t>(verdict.word())];
}

// How much a rule's verdict counts.
enum class RuleClass : std::uint8_t {
  blocker,   // as it is; nobody may waive it
  waivable,  // as it is, unless a person waives it for this release
  advisory,  // at most a warning
  missing,   // its evidence is not there: at least inconclusive
};

// In millionths of the rule's unit.
struct Measure {
  std::int64_t millionths = 0;
  friend constexpr bool operator==(Measure const&, Measure const&) = default;
  friend constexpr auto operator<=>(Measure const&, Measure const&) = default;
};

struct Evidence {
  std::string what;
  std::optional<Digest> digest;
  Instant at;
};

// Why a rule says what it says: enough to see it again without the program.
struct RuleExplanation {
  std::string rule;
  Verdict verdict;
  RuleClass rule_class = RuleClass::blocker;
  std::optional<Measure> value;  // what was seen; of nothing: no value, and never zero
  std::int64_t n = 0;            // of how many samples
  Duration window;               // over which time; zero: at one instant
  std::string unit;
  std::optional<Measure> limit;
  std::optional<Measure> margin;  // from the value to the limit; below zero: beyond it
  std::vector<Evidence> evidence;
  std::string owner;
  std::string flips;                  // the smallest change that would turn it
  std::vector<std::string> unblocks;  // who can: people, roles; empty: nobody
};

// As much of the rule's verdict as its class lets count.
constexpr Verdict weighed(Verdict verdict, RuleClass rule_class) {
  switch (rule_class) {
    case RuleClass::advisory:
      return std::min<Verdict>(verdict, Verdict::warn);
    case RuleClass::missing:
      return std::max<Verdict>(verdict, Verdict::inconclusive);
    case RuleClass::blocker:
    case RuleClass::waivable:
      return verdict;
  }
  return Verdict::error;
}

struct Explanation {
  std::vector<RuleExplanation> rules;    // in the order of their evaluation
  std::vector<std::string> not_checked;  // what somebody could expect, and why it was not

  // The worst that counts. Advice alone decides nothing: without another rule inconclusive.
  Verdict verdict() const;
};

inline Verdict Explanation::verdict() const {
  std::vector<Verdict> counting;
  bool decided = false;
  for (RuleExplanation const& rule : rules) {
    counting.push_back(weighed(rule.verdict, rule.rule_class));
    decided = decided || rule.rule_class != RuleClass::advisory;
  }
  if (!decided) counting.emplace_back();
  return worst_of(counting);
}

}  // namespace tally::domain
