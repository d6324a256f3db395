#include "ledger/directory.h"

#include "domain/state.h"
#include "ledger/directory_parts.h"

namespace tally::ledger {

namespace {

using domain::DirectoryPart;

template <class Key, class Row>
SharedMap<Key, Row> copy_of(domain::Table<Key, Row> const& table) {
  std::map<Key, Row> copy;
  table.each([&](Key const& key, Row const& row) { copy.emplace(key, row); });
  return SharedMap<Key, Row>(std::move(copy));
}

// In order: should two keys ever have one secret, the same one is found every time.
void copy_keys(domain::State const& state, Directory& to) {
  std::map<Digest, Directory::KeyEntry> keys;
  std::map<Digest, Directory::KeyEntry> unclaimed;
  for (auto const& [id, key] : state.keys.in_order()) {
    Directory::KeyEntry entry{.id = id, .key = key};
    if (key.claim)
      unclaimed.emplace(key.claim->code_sha256, std::move(entry));
    else
      keys.emplace(key.secret_sha256, std::move(entry));
  }
  to.keys = SharedMap(std::move(keys));
  to.unclaimed = SharedMap(std::move(unclaimed));
}

SharedMap<TenantId, PlanName> plans_of_tenants(domain::State const& state) {
  std::map<TenantId, PlanName> plans;
  state.tenants.each([&](TenantId const& id, domain::directory::Tenant const& tenant) {
    plans.emplace(id, tenant.plan);
  });
  return SharedMap(std::move(plans));
}

SharedMap<JobName, domain::run::JobKind> jobs_in_use(domain::State const& state) {
  std::map<JobName, domain::run::JobKind> jobs;
  state.jobs.each([&](JobName const& name, domain::run::JobKind const& job) {
    if (!job.retired) jobs.emplace(name, job);
  });
  return SharedMap(std::move(jobs));
}

void copy_identity(domain::LedgerRow const& row, Directory& to) {
  to.ledger = row.ledger;
  to.origin = row.origin;
  to.vkey = row.vkey;
}

void copy_part(domain::State const& state, DirectoryPart part, Directory& to) {
  switch (part) {
    case DirectoryPart::approvals:
      to.approvals = copy_of(state.approvals);
      return;
    case DirectoryPart::identity:
      return copy_identity(state.ledger, to);
    case DirectoryPart::jobs:
      to.jobs = jobs_in_use(state);
      return;
    case DirectoryPart::keys:
      return copy_keys(state, to);
    case DirectoryPart::modes:
      to.modes = copy_of(state.modes);
      return;
    case DirectoryPart::people:
      to.people = copy_of(state.people);
      return;
    case DirectoryPart::plans:
      to.plans = copy_of(state.plans);
      return;
    case DirectoryPart::settings:
      to.settings = state.settings;
      return;
    case DirectoryPart::tenants:
      to.tenants = plans_of_tenants(state);
      return;
  }
}

}  // namespace

std::shared_ptr<Directory const> Directory::of(domain::State const& state) {
  return after({}, state, DirectoryParts().set());
}

std::shared_ptr<Directory const> Directory::after(Directory const& before,
                                                  domain::State const& state,
                                                  DirectoryParts const& changed) {
  auto directory = std::make_shared<Directory>(before);
  for (std::size_t part = 0; part < changed.size(); ++part)
    if (changed.test(part)) copy_part(state, static_cast<DirectoryPart>(part), *directory);
  return directory;
}

DirectoryParts directory_parts(domain::Event const& event) {
  DirectoryParts parts;
  domain::visit_both(
      [&]<class E>(E const&) {
        if constexpr (requires { E::kDirectory; })
          for (DirectoryPart const part : E::kDirectory) parts.set(static_cast<std::size_t>(part));
      },
      event);
  return parts;
}

}  // namespace tally::ledger
