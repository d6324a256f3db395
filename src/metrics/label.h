#pragma once

// Labels. Each has a bounded number of values, none of which comes from a request's content:
//
//   closed      the words stand here; a literal that is none of them does not compile
//   given       the words are handed over at the start: routes, problem codes, dependencies
//   registered  names that exist: tenants, job kinds, keys; past the label's bound they are one
//   status      an HTTP status

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/closed_words.h"
#include "base/ids.h"
#include "metrics/label_row.h"

namespace tally::metrics {

struct ByLane {
  using Value = Word<ByLane>;
  static constexpr std::string_view kName = "lane";
  static constexpr auto kWords = words("control", "finish", "start", "read");
};
// The lanes of the executor.
struct ByTaskLane {
  using Value = Word<ByTaskLane>;
  static constexpr std::string_view kName = "lane";
  static constexpr auto kWords =
      words("lease", "read", "query", "intake", "open", "probe", "system");
};
// What is folded beside the loop (projections/).
struct ByProjection {
  using Value = Word<ByProjection>;
  static constexpr std::string_view kName = "projection";
  static constexpr auto kWords = words("errors");
};
// As callers see it.
struct ByRunStatus {
  using Value = Word<ByRunStatus>;
  static constexpr std::string_view kName = "status";
  static constexpr auto kWords = tally::kWords<RunStatus>;
};
struct ByEnd {
  using Value = Word<ByEnd>;
  static constexpr std::string_view kName = "status";
  static constexpr auto kWords = words("succeeded", "failed", "expired", "cancelled");
};
struct ByOutcome {
  using Value = Word<ByOutcome>;
  static constexpr std::string_view kName = "outcome";
  static constexpr auto kWords = words("forward", "charged", "again", "audit");
};
struct ByAttestation {
  using Value = Word<ByAttestation>;
  static constexpr std::string_view kName = "result";
  static constexpr auto kWords = words("ok", "differs", "unreadable");
};
struct ByReturn {
  using Value = Word<ByReturn>;
  static constexpr std::string_view kName = "reason";
  static constexpr auto kWords = words("lease_expired", "returned");
};
struct BySeverity {
  using Value = Word<BySeverity>;
  static constexpr std::string_view kName = "severity";
  static constexpr auto kWords = words("CRITICAL");
};
struct ByReconcileType {
  using Value = Word<ByReconcileType>;
  static constexpr std::string_view kName = "reconcile_type";
  static constexpr auto kWords =
      words("no_receipt_audit", "receipt_without_hold_audit", "damaged_receipt_audit");
};
struct ByMethod {
  using Value = Word<ByMethod>;
  static constexpr std::string_view kName = "method";
  static constexpr auto kWords = words("GET", "POST", "PUT", "PATCH", "DELETE");
  static constexpr std::string_view kOtherWord = "other";
};

// Lists that are handed over at the start, see Given in metrics/registry.h.
enum class GivenList : std::uint8_t { routes, codes, dependencies, versions };
inline constexpr std::size_t kGivenLists = 4;
inline constexpr std::size_t kGivenMax = 1024;  // words of one list

struct ByRoute {
  using Value = std::string_view;  // the route's template, never a path
  static constexpr std::string_view kName = "route";
  static constexpr auto kList = GivenList::routes;
  static constexpr std::string_view kOtherWord = "other";
};
struct ByCode {
  using Value = std::string_view;
  static constexpr std::string_view kName = "code";
  static constexpr auto kList = GivenList::codes;
};
struct ByDependency {
  using Value = std::string_view;
  static constexpr std::string_view kName = "dependency";
  static constexpr auto kList = GivenList::dependencies;
};
struct ByVersion {
  using Value = std::string_view;
  static constexpr std::string_view kName = "version";
  static constexpr auto kList = GivenList::versions;
};

// Names that the ledger has; a value is the identifier of something that was found, never text.
struct ByTenant {
  using Value = TenantId;
  static constexpr std::string_view kName = "tenant";
  static constexpr std::size_t kSlot = 0;
  static constexpr std::size_t kMax = 1000;
  static std::string text(TenantId const& tenant) { return tenant.value(); }
};
struct ByJob {
  using Value = JobName;
  static constexpr std::string_view kName = "job";
  static constexpr std::size_t kSlot = 1;
  static constexpr std::size_t kMax = 1000;
  static std::string text(JobName const& job) { return job.value(); }
};
struct ByWorker {
  using Value = KeyId;
  static constexpr std::string_view kName = "worker";
  static constexpr std::size_t kSlot = 2;
  static constexpr std::size_t kMax = 2000;
  static std::string text(KeyId const& key) { return to_text(key); }
};
inline constexpr std::size_t kRegisters = 3;

struct ByHttpStatus {
  using Value = int;
  static constexpr std::string_view kName = "status";
  static constexpr int kMin = 100;
  static constexpr int kMax = 599;
};

template <class Label>
constexpr LabelRow row_of() {
  LabelRow row{.name = Label::kName};
  if constexpr (requires { Label::kOtherWord; }) row.other = Label::kOtherWord;
  if constexpr (requires { Label::kWords; }) {
    row.words = Label::kWords;
    row.values_max = Label::kWords.size();
  } else if constexpr (requires { Label::kList; }) {
    row.source = Source::given;
    row.slot = static_cast<std::size_t>(Label::kList);
    row.values_max = kGivenMax;
  } else if constexpr (requires { Label::kSlot; }) {
    row.source = Source::registered;
    row.slot = Label::kSlot;
    row.values_max = Label::kMax;
  } else {
    row.source = Source::status;
    row.values_max = Label::kMax - Label::kMin + 1;
  }
  return row;
}

}  // namespace tally::metrics
