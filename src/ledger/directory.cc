#include "ledger/directory.h"

namespace tally::ledger {

namespace {

template <class Key, class Row>
std::map<Key, Row> copy_of(domain::Table<Key, Row> const& table) {
  std::map<Key, Row> copy;
  table.each([&](Key const& key, Row const& row) { copy.emplace(key, row); });
  return copy;
}

}  // namespace

std::shared_ptr<Directory const> Directory::of(domain::State const& state) {
  auto directory = std::make_shared<Directory>();
  directory->ledger = state.ledger.ledger;
  directory->origin = state.ledger.origin;
  directory->vkey = state.ledger.vkey;
  directory->settings = state.settings;
  // In order: should two keys ever have one secret, the same one is found every time.
  for (auto const& [id, key] : state.keys.in_order())
    if (key.claim)
      directory->unclaimed.emplace(key.claim->code_sha256, KeyEntry{.id = id, .key = key});
    else
      directory->keys.emplace(key.secret_sha256, KeyEntry{.id = id, .key = key});
  state.tenants.each([&](TenantId const& id, domain::directory::Tenant const& tenant) {
    directory->tenants.emplace(id, tenant.plan);
  });
  directory->people = copy_of(state.people);
  directory->plans = copy_of(state.plans);
  state.jobs.each([&](JobName const& name, domain::run::JobKind const& job) {
    if (!job.retired) directory->jobs.emplace(name, job);
  });
  directory->modes = copy_of(state.modes);
  directory->approvals = copy_of(state.approvals);
  return directory;
}

}  // namespace tally::ledger
