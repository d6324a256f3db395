#pragma once

// The facts that a decision is made on. Each command names its kind of facts (`using Facts`), and
// the variant below has one alternative for each kind, in the order of the first command that names
// it. A new kind is a struct that a command names, and a line in facts.cc.

#include <variant>

#include "domain/approval/engine.h"
#include "domain/command.h"
#include "domain/directory/engine.h"
#include "domain/run/facts.h"

namespace tally::domain {

// Adds the facts of commands that are not among `Variant` yet, in order.
template <class Variant, class... Commands>
struct FactsAmong {
  using type = Variant;
};
template <class... Known, class C, class... More>
struct FactsAmong<std::variant<Known...>, C, More...> {
  using F = typename C::Facts;
  using Next = std::conditional_t<(std::is_same_v<Known, F> || ...), std::variant<Known...>,
                                  std::variant<Known..., F>>;
  using type = typename FactsAmong<Next, More...>::type;
};
template <class Variant, class... Group>
struct FactsOfGroups {
  using type = Variant;
};
template <class Variant, class... Commands, class... More>
struct FactsOfGroups<Variant, std::variant<Commands...>, More...> {
  using type =
      typename FactsOfGroups<typename FactsAmong<Variant, Commands...>::type, More...>::type;
};
template <class Whole>
struct FactsOf;
template <class... Groups>
struct FactsOf<std::variant<Groups...>> {
  using type = typename FactsOfGroups<std::variant<>, Groups...>::type;
};

using AllFacts = FactsOf<Engines::Commands>::type;
struct Facts : AllFacts {
  TALLY_VARIANT(Facts, AllFacts);
  template <class F>
  requires kIsAlternative<F, Variant> Facts(F facts);
};

}  // namespace tally::domain
