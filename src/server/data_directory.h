#pragma once

// One directory holds everything:
//
//   LOCK           locked by the process that serves it; so is the directory ledger/ itself, which
//                  cannot be removed apart from the data (platform/writer_lock.h)
//   HALT           4096 bytes, zero; a dying server writes its reason there, and the next start
//                  begins halted
//   keys/          ledger.key (Ed25519 seed), pepper, data/ (data keys per tenant and month)
//   ledger/        segment files         blobs/   large payloads
//   work/          receipts, copies of job folders, boxes of executions
//   snapshots/     of the state, and the index; may be thrown away, and a start is slower then
//   operator.key   the first key's token

#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/digest.h"
#include "base/result.h"
#include "platform/writer_lock.h"
#include "ports/entropy.h"

namespace tally::server {

class DataDirectory {
 public:
  // Creates what is missing and takes the lock. Errors: "in_use", "io_error", "key_permissions".
  static Result<std::unique_ptr<DataDirectory>> open(std::string const& path,
                                                     ports::Entropy& entropy);
  ~DataDirectory();
  DataDirectory(DataDirectory const&) = delete;
  DataDirectory& operator=(DataDirectory const&) = delete;

  std::string path(std::string_view inside) const { return path_ + "/" + std::string(inside); }
  Bytes const& pepper() const { return pepper_; }
  Digest const& operator_key_sha256() const { return operator_key_; }

  // Before each append, and for readiness. Error "fenced": this is not the directory's server any
  // more, or the directory is gone.
  Result<void> still_ours() const { return writer_->still_held(); }

  // Why an earlier process halted; empty if it did not.
  std::string halt_reason() const;
  // Written to a file that exists, with a descriptor that is open: works when little else does.
  // Any thread, also while the process is dying.
  void write_halt(std::string_view reason) const;
  Result<void> clear_halt() const;

 private:
  explicit DataDirectory(std::string path) : path_(std::move(path)) {}
  Result<void> lock(ports::Entropy& entropy);
  Result<void> open_halt();
  Result<void> load_secrets(ports::Entropy& entropy);

  std::string path_;
  int lock_ = -1;
  std::unique_ptr<platform::WriterLock> writer_;
  int halt_ = -1;
  Bytes pepper_;
  Digest operator_key_;
};

}  // namespace tally::server
