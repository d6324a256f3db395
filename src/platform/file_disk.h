#pragma once

// A directory of a Linux file system as a ports::Disk.
//
// Durable writes use O_DIRECT|O_DSYNC: the call returns when the drive has the bytes, and reads
// come from the drive, not from a page cache that may hold what never reached it (after a failed
// fsync Linux marks the pages clean: Rebello et al., USENIX ATC 2020). Where the file system
// refuses O_DIRECT, writes are pwrite and fdatasync, and the cache of a file is dropped when it
// is opened.
//
// Errors: "not_found", "exists", "disk_full", "read_only", "io_error"; errno and path are in
// Error::inside. Any thread may call, one at a time may write a file. Files of which the name
// begins with a dot are not listed: they are temporary.

#include <memory>
#include <string>

#include "ports/disk.h"

namespace tally::platform {

// How bytes travel.
enum class Transfer {
  direct_if_possible,  // O_DIRECT|O_DSYNC where the file system takes it
  buffered,            // pwrite and fdatasync
  cached,              // the same, and reads may come from the cache: for what can be made again
};

class FileDisk final : public ports::Disk {
 public:
  // Creates the directory itself if it is missing (its parent must exist), and removes what writing
  // left there that was cut short. Nobody else writes to it.
  static Result<std::unique_ptr<FileDisk>> open_directory(
      std::string const& directory, Transfer transfer = Transfer::direct_if_possible);
  // Never writes; every change is refused with "read_only". Works on a copy that is itself
  // read-only, and beside the process that writes the directory.
  static Result<std::unique_ptr<FileDisk>> open_read_only(std::string const& directory);
  ~FileDisk() override;
  FileDisk(FileDisk const&) = delete;
  FileDisk& operator=(FileDisk const&) = delete;

  Result<std::vector<std::string>> list() const override;
  Result<std::unique_ptr<ports::DiskFile>> open(std::string const& name) override;
  Result<std::unique_ptr<ports::DiskFile>> create_zeroed(std::string const& name,
                                                         std::uint64_t size) override;
  Result<void> put(std::string const& name, ports::Content const& content) override;
  Result<void> remove(std::string const& name) override;
  Result<std::uint64_t> free_bytes() const override;

  // Whether O_DIRECT is in use.
  bool is_direct() const { return direct_; }

 private:
  enum class Access { read_only, read_write };
  FileDisk(int directory, std::string path, Access access);
  Result<void> writable() const;
  static void check_name(std::string const& name);
  Result<void> sync_directory() const;
  // Writes `name` by way of a temporary file: after a crash it is whole or absent.
  template <class Fill>
  Result<void> make(std::string const& name, int open_flags, unsigned rename_flags, Fill fill);
  std::unique_ptr<ports::DiskFile> open_past_cache(std::string const& name,
                                                   std::string const& path) const;
  bool probe_direct() const;
  Result<void> remove_temporary() const;
  Result<std::vector<std::string>> all_names() const;

  int directory_;
  std::string path_;
  Access access_;
  bool direct_ = false;
  bool cached_ = false;
};

}  // namespace tally::platform
