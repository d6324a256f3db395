#pragma once

// One decision in a sentence, with the numbers that it rests on.

#include <map>
#include <string>

#include "domain/event.h"

namespace tally::views {

struct WhyRule {
  std::string sentence;
  std::map<std::string, std::string> numbers;  // amounts in USD, durations in seconds
};

// Of the decision's first event, which carries the snapshot.
WhyRule why_rule(domain::Recorded const& first);

// "every 60 s", "daily at 03:00 UTC".
std::string rule_text(domain::schedule::Rule const& rule);
// "2.500 s", "120 s".
std::string seconds_text(Duration duration);

}  // namespace tally::views
