#pragma once

// The directory engine: what it is asked, what it needs to know, what comes of it.

#include "domain/approvers.h"
#include "domain/directory/command.h"
#include "domain/directory/event.h"

namespace tally::domain::directory {

// One set of facts serves all: what the names in the command resolve to.
struct Facts {
  std::optional<Approvers> approvers;  // AddPerson, RemovePerson, CreateKey, ClaimKey
  std::optional<Instant> counts_from;  // CreateKey: of the key, if it is for whoever makes it
  bool exists = false;                 // the thing to be made is there already
  bool first = false;                  // AddPerson: nobody is there yet
  std::optional<Key> key;              // RevokeKey, ClaimKey, ShowClaimCode
  bool last_admin =
      false;       // RevokeKey, RemovePerson: nobody could administer this server afterwards
  KeyId next_key;  // CreateKey
  bool plan_known = true;         // CreateTenant
  bool same = false;              // RegisterJob, RetireJob, SetPlan: nothing would change
  std::optional<Person> subject;  // RemovePerson: whom; CreateKey, ClaimKey: the key's owner
  bool tenant_known = true;       // CreateKey
  bool operator==(Facts const&) const = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit&& visit) {
    visit("approvers", self.approvers);
    visit("counts_from", self.counts_from);
    visit("exists", self.exists);
    visit("first", self.first);
    visit("key", self.key);
    visit("last_admin", self.last_admin);
    visit("next_key", self.next_key);
    visit("plan_known", self.plan_known);
    visit("same", self.same);
    visit("subject", self.subject);
    visit("tenant_known", self.tenant_known);
  }
};

}  // namespace tally::domain::directory
