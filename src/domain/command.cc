#include "domain/command.h"

namespace tally::domain {

TALLY_VARIANT_DEFINED(Command);

template <class Group>
requires kIsAlternative<Group, Command::Variant> Command::Command(Group group)
    : Variant(std::move(group)) {}

template Command::Command(run::Commands);
template Command::Command(budget::Commands);
template Command::Command(directory::Commands);
template Command::Command(mode::Commands);
template Command::Command(approval::Commands);
template Command::Command(system::Commands);
template Command::Command(error::Commands);
template Command::Command(schedule::Commands);

CommandType type_of(Command const& command) {
  return visit_both([]<class C>(C const&) { return C::kCommand; }, command);
}

}  // namespace tally::domain
