#pragma once

// The error memory's index (E6): which events speak of an error, by class, family, component,
// tenant, correlation, run and time. The errors themselves stay in the ledger, the one error memory
// (decision 0011); what is found are their sequences, newest first.
//
// It is compact and in memory: 64 bytes for an error, 12 for the chains that find it and 1 MB of
// buckets a block, 96 MB for the million at which it is full. On the disk it would be without end,
// and cost a page of each chain for each look-up; the latest million answers what is asked after a
// deploy, and the run, the timeline and the id lead to older ones. What was dropped is said
// (ErrorPage::complete_from).

#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "base/error_class.h"
#include "base/mutex.h"
#include "projections/projection.h"

namespace tally::projections {

class ErrorBlock;

// What is asked for; what is absent or empty fits everything.
struct ErrorQuery {
  std::optional<ErrorClass> error_class = {};
  std::optional<ErrorFamily> family = {};
  std::string component = {};
  std::optional<TenantId> tenant = {};  // whose work it befell
  std::optional<CorrelationId> correlation = {};
  std::optional<RunId> run = {};
  std::optional<Layer> layer = {};
  Severity least = Severity::debug;
  std::optional<Instant> from = {};  // recorded in [from, to)
  std::optional<Instant> to = {};
  std::optional<std::int64_t> before = {};  // sequence
  std::size_t limit = 100;
};

struct ErrorPage {
  std::vector<std::int64_t> seqs;    // newest first
  std::optional<std::int64_t> next;  // `before` of the next page; none: there is none
  std::int64_t complete_from = 0;    // of events before it errors were dropped
};

class ErrorIndex final : public Projection {
 public:
  // Errors that are held: when the last block is full, the oldest is dropped.
  static constexpr std::size_t kBlocksMax = 16;
  static constexpr std::size_t kErrorsMax = kBlocksMax * 65'536;
  // Errors that one page may look at; then the page ends early and says where to go on.
  static constexpr std::size_t kLookedAtMax = 65'536;

  // `block_rows`: how many errors a block holds, at most 65,536; fewer for tests.
  explicit ErrorIndex(std::size_t block_rows = 65'536);
  ~ErrorIndex() override;

  // Any thread.
  ErrorPage find(ErrorQuery const& query) const;
  std::size_t size() const;  // errors held

  std::string_view name() const override { return "errors"; }
  std::uint32_t version() const override { return 1; }
  void apply(codec::Entry const& entry) override;
  void clear() override;
  Result<void> save(ports::Write const& write) const override;
  Result<void> load(ByteView saved) override;

 private:
  // Full blocks do not change any more: readers take them along and search them without the lock.
  struct Blocks {
    std::vector<std::shared_ptr<ErrorBlock const>> full;  // the oldest first
    std::shared_ptr<ErrorBlock> open;
    std::int64_t complete_from = 0;
  };
  void close(Blocks& blocks) const;

  std::size_t block_rows_;
  Mutex<Blocks> blocks_;
};

}  // namespace tally::projections
