#pragma once

// Where the API's endpoints are: the client's copy of the server's route table. Names and ids
// need no percent-encoding, their alphabets have none of the reserved characters.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace tally::client {

inline constexpr std::string_view kRunsPath = "/v1/runs";
inline constexpr std::string_view kBudgetPath = "/v1/budget";
inline constexpr std::string_view kKeysPath = "/v1/admin/keys";
inline constexpr std::string_view kModePath = "/v1/halt";
inline constexpr std::string_view kApprovalsPath = "/v1/approvals";

inline std::string dry_run_path() { return fmt::format("{}?dry_run=true", kRunsPath); }
inline std::string runs_path(std::optional<std::string> const& status, std::int64_t limit) {
  std::string path = fmt::format("{}?limit={}", kRunsPath, limit);
  return status ? path + "&status=" + *status : path;
}
inline std::string run_path(RunId run, std::int64_t wait_s) {
  std::string path = fmt::format("{}/{}", kRunsPath, to_text(run));
  return wait_s > 0 ? fmt::format("{}?wait_s={}", path, wait_s) : path;
}
inline std::string cancel_path(RunId run) { return run_path(run, 0) + "/cancel"; }
inline std::string result_path(RunId run) { return run_path(run, 0) + "/result"; }
inline std::string grants_path(TenantId const& tenant) {
  return fmt::format("/v1/admin/tenants/{}/grants", tenant.value());
}
inline std::string tenant_budget_path(TenantId const& tenant) {
  return fmt::format("/v1/admin/tenants/{}/budget", tenant.value());
}
inline std::string revoke_path(KeyId key) {
  return fmt::format("{}/{}/revoke", kKeysPath, to_text(key));
}
inline std::string sign_path(ApprovalId approval) {
  return fmt::format("{}/{}/sign", kApprovalsPath, to_text(approval));
}

}  // namespace tally::client
