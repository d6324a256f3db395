#include "wire/budget_messages.h"
#include "wire/endpoints.h"
#include "wire/ops_messages.h"
#include "wire/parameter_messages.h"

namespace tally::wire {

constexpr Operation<Nothing, Nothing, Budget> kGetBudget({
    .method = "GET",
    .pattern = "/v1/budget",
    .id = "getBudget",
    .tag = "budgets",
    .scopes = KeyScope::budget_read,
    .summary = "The budget of the key's own tenant",
    .verb = "budget show",
    .replies = {{{200, "The budget"}}},
    .problems = {"not_found"},
});

constexpr Operation<TenantPath, GrantRequest, Budget> kGrantBudget({
    .method = "POST",
    .pattern = "/v1/admin/tenants/{tenant}/grants",
    .id = "grantBudget",
    .tag = "budgets",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Add credits to a budget",
    .verb = "budget grant TENANT AMOUNT",
    .replies = {{{201, "The budget after the grant"}}},
});

constexpr Operation<TenantPath, GrantRequest, Budget> kWithdrawCredits({
    .method = "POST",
    .pattern = "/v1/admin/tenants/{tenant}/withdrawals",
    .id = "withdrawCredits",
    .tag = "budgets",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Take credits back that are neither held nor spent",
    .verb = "budget withdraw TENANT AMOUNT",
    .replies = {{{201, "The budget after the withdrawal"}}},
    .problems = {"conflict"},
});

constexpr Operation<TenantPath, Nothing, Budget> kGetTenantBudget({
    .method = "GET",
    .pattern = "/v1/admin/tenants/{tenant}/budget",
    .id = "getTenantBudget",
    .tag = "budgets",
    .scopes = KeyScope::admin,
    .summary = "A tenant's budget",
    .verb = "budget show",
    .replies = {{{200, "The budget"}}},
});

constexpr Operation<Nothing, TenantRequest, Tenant> kCreateTenant({
    .method = "POST",
    .pattern = "/v1/admin/tenants",
    .id = "createTenant",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Create a tenant",
    .verb = "tenant create TENANT",
    .replies = {{{201, "The tenant"}}},
    .problems = {"conflict"},
});

constexpr Operation<Nothing, Nothing, TenantList> kListTenants({
    .method = "GET",
    .pattern = "/v1/admin/tenants",
    .id = "listTenants",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .summary = "All tenants",
    .verb = "tenant list",
    .replies = {{{200, "All tenants"}}},
});

constexpr Operation<Nothing, PersonRequest, Person> kAddPerson({
    .method = "POST",
    .pattern = "/v1/admin/people",
    .id = "addPerson",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Register a person; who may approve is agreed on by others first",
    .verb = "person add PERSON",
    .replies = {{{201, "The person"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict"},
});

constexpr Operation<PersonPath, Nothing, ApprovalAnswer> kRemovePerson({
    .method = "POST",
    .pattern = "/v1/admin/people/{person}/remove",
    .id = "removePerson",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary =
        "Remove a person, whose keys then open nothing; of an approver it is agreed on first",
    .verb = "person remove PERSON",
    .replies = {{{200, "The person is removed"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict"},
});

constexpr Operation<Nothing, Nothing, PersonList> kListPeople({
    .method = "GET",
    .pattern = "/v1/admin/people",
    .id = "listPeople",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .summary = "All registered people",
    .verb = "person list",
    .replies = {{{200, "All people"}}},
});

constexpr Operation<Nothing, KeyRequest, Key> kCreateKey({
    .method = "POST",
    .pattern = "/v1/admin/keys",
    .id = "createKey",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary =
        "Create a key; its token, or of one for another person its claim code, is shown once",
    .verb = "key create",
    .replies = {{{201, "The key"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict", "not_found"},
});

constexpr Operation<KeyPath, Nothing, ClaimCode> kShowClaimCode({
    .method = "POST",
    .pattern = "/v1/admin/keys/{key}/claim-code",
    .id = "showClaimCode",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "The claim code of a key that was approved; once, to its proposer",
    .verb = "key claim-code",
    .replies = {{{200, "The code"}}},
    .problems = {"conflict", "forbidden"},
});

constexpr Operation<Nothing, ClaimRequest, Key> kClaimKey({
    .method = "POST",
    .pattern = "/v1/keys/claim",
    .id = "claimKey",
    .tag = "administration",
    .summary = "Fetch the token of a key with its claim code, once",
    .verb = "key claim",
    .replies = {{{200, "The key with its token"}}},
    .problems = {"not_found", "conflict", "outcome_unknown", "halted"},
});

constexpr Operation<Nothing, Nothing, KeyList> kListKeys({
    .method = "GET",
    .pattern = "/v1/admin/keys",
    .id = "listKeys",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .summary = "All keys, without their tokens",
    .verb = "key list",
    .replies = {{{200, "All keys"}}},
});

constexpr Operation<KeyPath, Nothing, Key> kRevokeKey({
    .method = "POST",
    .pattern = "/v1/admin/keys/{key}/revoke",
    .id = "revokeKey",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Revoke a key for good",
    .verb = "key revoke KEY",
    .replies = {{{200, "The key, which opens nothing any more"}}},
    .problems = {"conflict"},
});

constexpr Operation<Nothing, Plan, Plan> kSetPlan({
    .method = "POST",
    .pattern = "/v1/admin/plans",
    .id = "setPlan",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Create or change a plan",
    .verb = "plan set PLAN",
    .replies = {{{200, "The plan"}}},
});

constexpr Operation<Nothing, Nothing, PlanList> kListPlans({
    .method = "GET",
    .pattern = "/v1/admin/plans",
    .id = "listPlans",
    .tag = "administration",
    .scopes = KeyScope::admin,
    .summary = "All plans",
    .verb = "plan list",
    .replies = {{{200, "All plans"}}},
});

std::span<Endpoint const* const> admin_endpoints() {
  static constexpr std::array kAll = std::to_array<Endpoint const*>(
      {&kGetBudget, &kGrantBudget, &kWithdrawCredits, &kGetTenantBudget, &kCreateTenant,
       &kListTenants, &kAddPerson, &kRemovePerson, &kListPeople, &kCreateKey, &kShowClaimCode,
       &kClaimKey, &kListKeys, &kRevokeKey, &kSetPlan, &kListPlans});
  return kAll;
}

}  // namespace tally::wire
