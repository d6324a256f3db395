#pragma once

// Blobs in files: <root>/sha256/ab/cd/<64 hex>, mode 0600, each written once and never changed.
// When a blob was put the last time is its file's time of change.

#include <memory>
#include <mutex>
#include <string>

#include "ports/blobs.h"
#include "ports/clock.h"

namespace tally::platform {

class FileBlobs : public ports::Blobs {
 public:
  // Creates the folder if missing. One process at a time may write to it (server/data_directory.h).
  static Result<FileBlobs> open(std::string root, ports::Clock const& clock);
  // Changes nothing, the missing folder included; for `get` and `contains` alone.
  static FileBlobs of(std::string root) { return FileBlobs(std::move(root), nullptr); }

  // Errors: "too_large", "io_error".
  Result<ContentRef> put(ByteView content) override;
  Result<Bytes> get(ContentRef const& ref) const override;
  Result<bool> contains(ContentRef const& ref) const override;
  // The wall clock at the start, and what the monotonic one has counted since.
  Instant now() const override;
  // Reads all of the folder. What is no blob and no file of ours is left alone.
  ports::Collected collect(std::span<ContentRef const> named, Instant put_before,
                           std::function<bool()> const& go_on) override;

 private:
  class Collection;
  FileBlobs(std::string root, ports::Clock const* clock);
  std::string directory(ContentRef const& ref) const;
  std::string path(ContentRef const& ref) const;
  // The blob counts as put now, if it is there.
  Result<void> touch(ContentRef const& ref) const;

  std::string root_;
  ports::Clock const* clock_;
  Duration wall_ahead_;  // of the monotonic clock, at the start
  // Between a look at a file's time and its removal nobody touches it.
  std::unique_ptr<std::mutex> removing_ = std::make_unique<std::mutex>();
};

}  // namespace tally::platform
