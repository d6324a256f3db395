#pragma once

// Who writes a ledger's directory. The lock is on the directory itself: it cannot be removed
// without the data. Whoever takes it also writes a random word into the file `writer` there: so a
// writer sees that his directory is gone or another one stands in its place, and, on a file system
// whose locks do not reach everybody, that somebody else has taken it over.

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "ports/entropy.h"

namespace tally::platform {

class WriterLock {
 public:
  // Errors: "in_use" (another process writes it), "io_error".
  static Result<std::unique_ptr<WriterLock>> take(std::string const& directory,
                                                  ports::Entropy& entropy);
  ~WriterLock();
  WriterLock(WriterLock const&) = delete;
  WriterLock& operator=(WriterLock const&) = delete;

  // Two system calls. Error "fenced": the directory is gone, another stands in its place, or
  // another writer came. Any thread.
  Result<void> still_held() const;
  // Whether somebody holds the lock of the directory at this moment. No: also where there is none.
  static bool is_held(std::string const& directory);

 private:
  using Word = std::array<char, 32>;
  WriterLock(std::string file, int directory) : file_(std::move(file)), directory_(directory) {}
  Result<void> mark(ports::Entropy& entropy);

  std::string file_;
  int directory_;
  int mark_ = -1;  // the open file
  std::uint64_t device_ = 0;
  std::uint64_t inode_ = 0;
  Word word_{};
};

}  // namespace tally::platform
