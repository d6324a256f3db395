#pragma once

// What a problem's type resolves to: the table of problem kinds as messages.

#include "wire/shape.h"

namespace tally::wire {

struct ProblemHelp {
  std::string type;
  std::string code;
  std::int64_t status = 500;
  std::string title;
  std::string meaning;
  std::string remedy;
  std::string retry;
  bool operator==(ProblemHelp const&) const = default;
  static constexpr std::string_view kName = "ProblemHelp";
  static constexpr std::array<std::string_view, 3> kRetryWords{"later", "never", "unsaid"};
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("type", self.type);
    visit("code", self.code);
    visit("status", self.status);
    visit("title", self.title);
    visit("meaning", self.meaning);
    visit("remedy", self.remedy);
    visit("retry", self.retry,
          Rule{.one_of = kRetryWords,
               .says = "may the same request be sent again by itself: later, after retry_after_s; "
                       "never; or as the status says"});
  }
};

struct ProblemHelpList {
  std::vector<ProblemHelp> problems;
  bool operator==(ProblemHelpList const&) const = default;
  static constexpr std::string_view kName = "ProblemHelpList";
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("problems", self.problems);
  }
};

}  // namespace tally::wire
