#pragma once

// What requests are checked against before they reach the loop: keys, people, plans, job kinds,
// modes. An immutable copy, replaced after each durable frame that changed some of it; the parts
// that it did not change are shared with the copy before.

#include <bitset>
#include <map>
#include <memory>

#include "base/digest.h"
#include "base/ids.h"
#include "domain/approval/engine.h"
#include "domain/directory/rows.h"
#include "domain/mode/engine.h"
#include "domain/run/job_kind.h"
#include "domain/settings.h"

namespace tally::domain {
struct State;
}

namespace tally::ledger {

// A map that copies share and nobody changes.
template <class Key, class Row>
class SharedMap {
 public:
  using Map = std::map<Key, Row>;
  SharedMap() : map_(std::make_shared<Map>()) {}
  explicit SharedMap(Map map) : map_(std::make_shared<Map>(std::move(map))) {}
  Map const& all() const { return *map_; }
  auto begin() const { return map_->begin(); }
  auto end() const { return map_->end(); }
  auto find(Key const& key) const { return map_->find(key); }
  Row const& at(Key const& key) const { return map_->at(key); }
  bool contains(Key const& key) const { return map_->contains(key); }
  std::size_t size() const { return map_->size(); }
  bool empty() const { return map_->empty(); }

 private:
  std::shared_ptr<Map const> map_;
};

// By domain::DirectoryPart.
using DirectoryParts = std::bitset<domain::kDirectoryParts>;

struct Directory {
  struct KeyEntry {
    KeyId id;
    domain::directory::Key key;
  };
  LedgerId ledger;
  std::string origin;
  std::string vkey;
  domain::Settings settings;
  SharedMap<Digest, KeyEntry> keys;       // by SHA-256 of the token
  SharedMap<Digest, KeyEntry> unclaimed;  // without a token yet, by SHA-256 of the claim code
  SharedMap<TenantId, PlanName> tenants;
  SharedMap<PersonId, domain::directory::Person> people;
  SharedMap<PlanName, domain::directory::Plan> plans;
  SharedMap<JobName, domain::run::JobKind> jobs;  // that take new runs
  SharedMap<domain::mode::Scope, domain::mode::Row> modes;
  SharedMap<ApprovalId, domain::approval::Row> approvals;

  // A copy of the whole.
  static std::shared_ptr<Directory const> of(domain::State const& state);
  // The copy behind `before`, of which only these parts changed: only they are copied.
  static std::shared_ptr<Directory const> after(Directory const& before, domain::State const& state,
                                                DirectoryParts const& changed);
};

}  // namespace tally::ledger
