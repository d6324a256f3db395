#include "wire/endpoints.h"
#include "wire/ops_messages.h"
#include "wire/parameter_messages.h"

namespace tally::wire {

constexpr Operation<Nothing, QuorumRequest, ApprovalAnswer> kSetQuorum({
    .method = "POST",
    .pattern = "/v1/admin/quorum",
    .id = "setQuorum",
    .tag = "operation",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Change how many people must agree; agreed on first",
    .verb = "quorum QUORUM",
    .replies = {{{200, "The quorum is in force"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict"},
});

constexpr Operation<RunPath, ResolutionRequest, ApprovalAnswer> kResolveRun({
    .method = "POST",
    .pattern = "/v1/admin/runs/{id}/resolution",
    .id = "resolveRun",
    .tag = "operation",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Propose what a run in audit_required is charged; agreed on first",
    .verb = "run resolve",
    .replies = {{{200, "The run is resolved"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict"},
});

constexpr Operation<Nothing, Nothing, ModeReport> kGetMode({
    .method = "GET",
    .pattern = "/v1/halt",
    .id = "getMode",
    .tag = "operation",
    .scopes = {KeyScope::ops_read, KeyScope::runs_read, KeyScope::runs_write},
    .summary = "The modes in force; without ops:read those that stop the key's own tenant",
    .verb = "mode",
    .replies = {{{200, "The modes"}}},
});

constexpr Operation<Nothing, ModeRequest, ApprovalAnswer> kSetMode({
    .method = "POST",
    .pattern = "/v1/halt",
    .id = "setMode",
    .tag = "operation",
    .scopes = KeyScope::admin,
    .keyed = Keyed::optional,
    .summary = "Change a mode; leaving stop or halt is agreed on first",
    .verb = "mode",
    .replies = {{{200, "The mode is in force"},
                 {202, "It waits for the signatures of others", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict", "not_found"},
});

constexpr Operation<Nothing, Nothing, ApprovalList> kListApprovals({
    .method = "GET",
    .pattern = "/v1/approvals",
    .id = "listApprovals",
    .tag = "operation",
    .scopes = {KeyScope::ops_read, KeyScope::approve, KeyScope::admin},
    .summary = "Approvals that wait for signatures, and who counts",
    .verb = "approvals",
    .replies = {{{200, "All open approvals"}}},
});

constexpr Operation<ApprovalPath, Nothing, Approval> kGetApproval({
    .method = "GET",
    .pattern = "/v1/approvals/{id}",
    .id = "getApproval",
    .tag = "operation",
    .scopes = {KeyScope::ops_read, KeyScope::approve, KeyScope::admin},
    .summary = "One open approval",
    .verb = "approval show ID",
    .replies = {{{200, "The approval"}}},
});

constexpr Operation<ApprovalPath, Nothing, ApprovalAnswer> kSignApproval({
    .method = "POST",
    .pattern = "/v1/approvals/{id}/sign",
    .id = "signApproval",
    .tag = "operation",
    .scopes = {KeyScope::approve, KeyScope::admin},
    .keyed = Keyed::optional,
    .summary = "Sign an approval as the key's owner",
    .verb = "approve ID",
    .replies = {{{200, "The quorum is complete, and what was approved is done"},
                 {202, "It waits for more signatures", schema_maker<ApprovalAnswer>}}},
    .problems = {"conflict"},
});

constexpr Operation<ApprovalPath, Nothing, ApprovalAnswer> kWithdrawApproval({
    .method = "POST",
    .pattern = "/v1/approvals/{id}/withdraw",
    .id = "withdrawApproval",
    .tag = "operation",
    .scopes = {KeyScope::approve, KeyScope::admin},
    .keyed = Keyed::optional,
    .summary = "Take back an approval that the key's owner proposed",
    .verb = "withdraw ID",
    .replies = {{{200, "Nobody can sign it any more"}}},
    .problems = {"conflict"},
});

std::span<Endpoint const* const> operation_endpoints() {
  static constexpr std::array kAll = std::to_array<Endpoint const*>(
      {&kSetQuorum, &kResolveRun, &kGetMode, &kSetMode, &kListApprovals, &kGetApproval,
       &kSignApproval, &kWithdrawApproval});
  return kAll;
}

}  // namespace tally::wire
