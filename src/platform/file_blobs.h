#pragma once

// Blobs in files: <root>/sha256/ab/cd/<64 hex>, mode 0600, each written once and never changed.

#include <string>

#include "ports/blobs.h"

namespace tally::platform {

class FileBlobs : public ports::Blobs {
 public:
  // Creates the folder if missing.
  static Result<FileBlobs> open(std::string root);
  // Changes nothing, the missing folder included; for `get` alone.
  static FileBlobs of(std::string root) { return FileBlobs(std::move(root)); }

  Result<ContentRef> put(ByteView content) override;
  Result<Bytes> get(ContentRef const& ref) const override;
  Result<bool> contains(ContentRef const& ref) const override;

 private:
  explicit FileBlobs(std::string root) : root_(std::move(root)) {}
  std::string directory(ContentRef const& ref) const;
  std::string path(ContentRef const& ref) const;

  std::string root_;
};

}  // namespace tally::platform
