#pragma once

// Test answers of the loop, which come later.

#include <functional>
#include <memory>
#include <optional>

namespace tally::ledger::testing {

// What came of a request; `answers` says how often it was answered.
template <class A>
struct Awaited {
  std::optional<A> answer;
  int answers = 0;
};
template <class A>
using AwaitedPtr = std::shared_ptr<Awaited<A>>;
template <class A>
std::function<void(A)> receiver(AwaitedPtr<A> const& awaited) {
  return [awaited](A answer) {
    awaited->answer = std::move(answer);
    ++awaited->answers;
  };
}

}  // namespace tally::ledger::testing
