#pragma once

// All commands, by engine. The list is closed: a command that no engine lists cannot be built.

#include <array>
#include <variant>

#include "domain/approval/command.h"
#include "domain/budget/engine.h"
#include "domain/directory/command.h"
#include "domain/error/engine.h"
#include "domain/kinds.h"
#include "domain/mode/engine.h"
#include "domain/run/command.h"
#include "domain/schedule/engine.h"
#include "domain/system/engine.h"

namespace tally::domain {

template <class... Each>
struct EngineList {
  using Commands = std::variant<typename Each::Commands...>;
  // In the order of their alternatives.
  static constexpr std::array<EngineType, sizeof...(Each)> kTypes{Each::kType...};
};

using Engines = EngineList<run::Engine, budget::Engine, directory::Engine, mode::Engine,
                           approval::Engine, system::Engine, error::Engine, schedule::Engine>;

struct Command : Engines::Commands {
  TALLY_VARIANT(Command, Engines::Commands);
  // From the commands of one engine.
  template <class Group>
  requires kIsAlternative<Group, Variant> Command(Group group);
};

CommandType type_of(Command const& command);
// The engine that decides it, with the version that its decisions carry.
inline EngineType engine_of(Command const& command) { return Engines::kTypes[command.index()]; }

}  // namespace tally::domain
