#pragma once

// Receipts in files: <root>/<run>/<fence>/receipt.json, one canonical JSON object whose digest
// covers run, fence and content, so that a flipped byte or a file in the wrong place shows.
// docs/formats describes the members: content, fence, run, sha256, v.

#include <string>

#include "ports/job_runner.h"

namespace tally::platform {

class FileReceipts : public ports::ReceiptStore {
 public:
  // `root` is the data directory's work/; it is created if missing.
  static Result<FileReceipts> open(std::string root);

  Result<void> write_receipt(RunId run, std::uint64_t fence, ByteView content) override;
  Result<ports::StoredReceipt> read_receipt(RunId run, std::uint64_t fence) const override;
  Result<void> remove(RunId run, std::uint64_t fence) override;

 private:
  explicit FileReceipts(std::string root) : root_(std::move(root)) {}
  std::string directory(RunId run, std::uint64_t fence) const;

  std::string root_;
};

}  // namespace tally::platform
