#pragma once

// The directory engine: what it is asked, what it needs to know, what comes of it.

#include "domain/approvers.h"
#include "domain/directory/command.h"
#include "domain/directory/event.h"
#include "domain/fields.h"
#include "domain/kinds.h"

namespace tally::domain::directory {

// One set of facts serves all: what the names in the command resolve to.
struct Facts {
  static constexpr std::string_view kKind = "directory.facts";
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
  TALLY_FIELDS(Facts, approvers, counts_from, exists, first, key, last_admin, next_key, plan_known,
               same, subject, tenant_known);
};

}  // namespace tally::domain::directory
