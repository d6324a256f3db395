#include "domain/permits.h"

#include <fmt/format.h>

#include "domain/mode/decide.h"
#include "domain/system_tenant.h"

namespace tally::domain {

namespace {

using Strictest = std::optional<mode::Standstill>;

// Scopes that a command names. Work on a run is held back by its own scopes in gather (RunFacts.
// halted), because the command names a lease and not the run.
void raise_by(State const& state, Strictest& strictest, run::Submit const& command) {
  using Kind = mode::ScopeKind;
  mode::raise(state, {.id = command.tenant.value(), .kind = Kind::tenant}, strictest);
  mode::raise(state, {.id = command.job.value(), .kind = Kind::job}, strictest);
  mode::raise(state, {.id = to_text(command.key), .kind = Kind::key}, strictest);
  if (command.parent)
    mode::raise(state, {.id = to_text(*command.parent), .kind = Kind::run}, strictest);
}
template <class C>
requires kIsAlternative<C, budget::Commands>
void raise_by(State const& state, Strictest& strictest, C const& command) {
  mode::raise(state, {.id = command.tenant.value(), .kind = mode::ScopeKind::tenant}, strictest);
}
void raise_by(State const& state, Strictest& strictest, directory::CreateKey const& command) {
  mode::raise(state, {.id = command.tenant.value(), .kind = mode::ScopeKind::tenant}, strictest);
}
template <class C>
void raise_by(State const&, Strictest&, C const&) {}

// Whether it is about a run of the server's own, which the mode of everything does not hold back.
bool of_system(State const& state, RunId const* run) {
  run::Row const* row = run == nullptr ? nullptr : state.runs.find(*run);
  return row != nullptr && is_system(row->tenant);
}
template <class C>
bool of_system(State const& state, C const& command) {
  if constexpr (!C::kCommand.of_system)
    return false;
  else if constexpr (requires { command.handle; })
    return of_system(state, state.leases.find(command.handle.lease));
  else if constexpr (requires { command.run; })
    return of_system(state, &command.run);
  else
    return command.tenant && is_system(*command.tenant);
}

// Nobody asks anything for the tenant of the server's own work, once a start has made it: runs
// there come from schedules, cost nothing, and are nobody's to take or to end.
template <class C>
bool is_kept_from(C const& command) {
  if constexpr (std::same_as<C, directory::CreateTenant>)
    return false;
  else if constexpr (requires { { command.tenant } -> std::same_as<TenantId const&>; })
    return is_system(command.tenant);
  else
    return false;
}
Refusal kept() {
  return {.code = RefusalCode::forbidden,
          .detail = "the tenant system is the server's own: it has no keys and no budget, and its "
                    "runs come from schedules; name another tenant",
          .pointer = {},
          .shortage = {},
          .retry_after = {}};
}

}  // namespace

Refusal standing_still(mode::Standstill why, std::string_view command) {
  std::string const scope(name_of(why.scope.kind));
  std::string detail = fmt::format(
      "{} is not permitted: {}{} is in {} mode since {}, because: {}; a person has to end it",
      command, scope, why.scope.id.empty() ? "" : ":" + why.scope.id, name_of(why.mode),
      to_rfc3339(why.since), why.reason);
  return {.code = RefusalCode::halted,
          .detail = std::move(detail),
          .pointer = {},
          .shortage = {},
          .retry_after = {},
          .standstill = std::move(why)};
}

tl::expected<Permit, Refusal> permit_for(State const& state, Command const& command, Instant) {
  Strictest strictest;
  if (state.modes.size() > 0) {
    mode::raise(state, {}, strictest);
    visit_both([&](auto const& one) { raise_by(state, strictest, one); }, command);
  }
  if (visit_both([](auto const& one) { return is_kept_from(one); }, command))
    return tl::unexpected(kept());
  CommandType const type = type_of(command);
  mode::Mode const mode = strictest ? strictest->mode : mode::Mode::normal;
  if (type.allowed_in(mode)) return Permit(mode);
  if (type.allowed_to_system_in(mode) &&
      visit_both([&](auto const& one) { return of_system(state, one); }, command))
    return Permit(mode);
  return tl::unexpected(standing_still(std::move(*strictest), type.name));
}

}  // namespace tally::domain
