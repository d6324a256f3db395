#pragma once

// The names under which commands, facts and events are written down, and a walk over all of them.

#include <string_view>
#include <type_traits>
#include <variant>

#include "domain/event.h"
#include "domain/permits.h"

namespace tally::codec {

// Facts are named here, since only the codec ever names them; what is not named does not compile.
template <class Facts>
struct FactsKind;
#define TALLY_FACTS(type, text)                    \
  template <>                                      \
  struct FactsKind<domain::type> {                 \
    static constexpr std::string_view name = text; \
  }
TALLY_FACTS(run::SubmitFacts, "run.submit_facts");
TALLY_FACTS(run::LeaseFacts, "run.lease_facts");
TALLY_FACTS(run::RunFacts, "run.run_facts");
TALLY_FACTS(budget::GrantFacts, "budget.grant_facts");
TALLY_FACTS(directory::Facts, "directory.facts");
TALLY_FACTS(mode::SetFacts, "mode.set_facts");
TALLY_FACTS(approval::Facts, "approval.facts");
TALLY_FACTS(chronicle::Facts, "chronicle.facts");
TALLY_FACTS(error::Facts, "error.facts");
#undef TALLY_FACTS

template <class Variant>
struct Alternatives;
template <class... Each>
struct Alternatives<std::variant<Each...>> {
  // Calls visit(std::type_identity<E>{}) for each alternative E.
  template <class Visit>
  static void each(Visit&& visit) {
    (visit(std::type_identity<Each>{}), ...);
  }
};

// For Command and Event, which are variants of variants: calls visit with the group and the
// member of the group.
template <class Whole, class Visit>
void for_each_leaf(Visit&& visit) {
  Alternatives<Whole>::each([&]<class Group>(std::type_identity<Group> group) {
    Alternatives<Group>::each([&](auto leaf) { visit(group, leaf); });
  });
}

}  // namespace tally::codec
