#include "domain/permits.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::domain {

namespace {

void raise(State const& state, mode::Mode& strictest, mode::ScopeKind kind, std::string id) {
  mode::Row const* row = state.modes.find({.id = std::move(id), .kind = kind});
  if (row != nullptr) strictest = std::max(strictest, row->mode);
}

// Scopes that a command names. Work on a run is held back by its own scopes in gather (RunFacts.
// halted), because the command names a lease and not the run.
void raise_by(State const& state, mode::Mode& strictest, run::Submit const& command) {
  raise(state, strictest, mode::ScopeKind::tenant, command.tenant.value());
  raise(state, strictest, mode::ScopeKind::job, command.job.value());
  raise(state, strictest, mode::ScopeKind::key, to_text(command.key));
  if (command.parent) raise(state, strictest, mode::ScopeKind::run, to_text(*command.parent));
}
void raise_by(State const& state, mode::Mode& strictest, budget::Grant const& command) {
  raise(state, strictest, mode::ScopeKind::tenant, command.tenant.value());
}
void raise_by(State const& state, mode::Mode& strictest, directory::CreateKey const& command) {
  raise(state, strictest, mode::ScopeKind::tenant, command.tenant.value());
}
template <class C>
void raise_by(State const&, mode::Mode&, C const&) {}

}  // namespace

tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command, Instant) {
  mode::Mode strictest = mode::Mode::normal;
  if (state.modes.size() > 0) {
    raise(state, strictest, mode::ScopeKind::everything, {});
    std::visit(
        [&](auto const& group) {
          std::visit([&](auto const& one) { raise_by(state, strictest, one); }, group);
        },
        command);
  }
  CommandType const type = type_of(command);
  if (type.allowed[static_cast<std::size_t>(strictest)]) return Permit(strictest);
  return tl::unexpected(Refusal{
      .code = RefusalCode::halted,
      .detail = fmt::format("{} is not permitted in {} mode", type.name, name_of(strictest)),
      .pointer = {},
      .shortage = {},
      .retry_after = seconds(30)});
}

}  // namespace tally::domain
