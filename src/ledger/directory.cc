#include "ledger/directory.h"

namespace tally::ledger {

std::shared_ptr<Directory const> Directory::of(domain::State const& state) {
  auto directory = std::make_shared<Directory>();
  directory->ledger = state.ledger.ledger;
  directory->origin = state.ledger.origin;
  directory->vkey = state.ledger.vkey;
  directory->settings = state.settings;
  for (auto const& [id, key] : state.keys)
    directory->keys.emplace(key.secret_sha256, KeyEntry{.id = id, .key = key});
  for (auto const& [id, tenant] : state.tenants) directory->tenants.emplace(id, tenant.plan);
  directory->people = {state.people.begin(), state.people.end()};
  directory->plans = {state.plans.begin(), state.plans.end()};
  directory->jobs = {state.jobs.begin(), state.jobs.end()};
  directory->modes = {state.modes.begin(), state.modes.end()};
  directory->approvals = {state.approvals.begin(), state.approvals.end()};
  return directory;
}

}  // namespace tally::ledger
