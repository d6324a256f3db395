#pragma once

// The API's view of who and what exists: an immutable copy, swapped after each durable frame that
// changed it. Reading it never touches the loop.

#include <map>
#include <memory>
#include <string>

#include "domain/state.h"

namespace tally::ledger {

struct Directory {
  struct KeyEntry {
    KeyId id;
    domain::directory::Key key;
  };
  LedgerId ledger;
  std::string origin;
  std::string vkey;
  domain::Settings settings;
  std::map<Digest, KeyEntry> keys;       // by SHA-256 of the token
  std::map<Digest, KeyEntry> unclaimed;  // keys without a token yet, by SHA-256 of the claim code
  std::map<TenantId, PlanName> tenants;
  std::map<PersonId, domain::directory::Person> people;
  std::map<PlanName, domain::directory::Plan> plans;
  std::map<JobName, domain::run::JobKind> jobs;  // that take new runs
  std::map<domain::mode::Scope, domain::mode::Row> modes;
  std::map<ApprovalId, domain::approval::Row> approvals;

  static std::shared_ptr<Directory const> of(domain::State const& state);
};

}  // namespace tally::ledger
