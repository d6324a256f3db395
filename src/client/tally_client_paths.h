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
inline constexpr std::string_view kClaimPath = "/v1/keys/claim";
inline constexpr std::string_view kPeoplePath = "/v1/admin/people";
inline constexpr std::string_view kQuorumPath = "/v1/admin/quorum";
inline constexpr std::string_view kErrorsPath = "/v1/errors";
inline constexpr std::string_view kModePath = "/v1/halt";
inline constexpr std::string_view kApprovalsPath = "/v1/approvals";

inline constexpr std::string_view kTenantsPath = "/v1/admin/tenants";
inline constexpr std::string_view kWhyPath = "/v1/why";

inline std::string dry_run_path() { return fmt::format("{}?dry_run=true", kRunsPath); }
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
inline std::string claim_code_path(KeyId key) {
  return fmt::format("{}/{}/claim-code", kKeysPath, to_text(key));
}
inline std::string remove_path(PersonId const& person) {
  return fmt::format("{}/{}/remove", kPeoplePath, person.value());
}
// RFC 3986: everything but the unreserved characters is escaped.
inline std::string percent_encoded(std::string_view text) {
  std::string out;
  for (char const c : text) {
    bool const plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain)
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}
inline std::string withdraw_path(ApprovalId approval) {
  return fmt::format("{}/{}/withdraw", kApprovalsPath, to_text(approval));
}
inline std::string resolution_path(RunId run) {
  return fmt::format("/v1/admin/runs/{}/resolution", to_text(run));
}
inline std::string timeline_path(CorrelationId correlation) {
  return fmt::format("/v1/timeline/{}", to_text(correlation));
}
// `parameter` is "subject" or "idempotency_key".
inline std::string why_path(std::string_view parameter, std::string_view value) {
  return fmt::format("{}?{}={}", kWhyPath, parameter, percent_encoded(value));
}
inline std::string sign_path(ApprovalId approval) {
  return fmt::format("{}/{}/sign", kApprovalsPath, to_text(approval));
}

}  // namespace tally::client
