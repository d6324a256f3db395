#pragma once

// A directory in memory that behaves like a disk on its worst day: it knows what is durable and
// what is only visible, tears writes by 512-byte sectors, fails, fills up and forgets. Every
// choice comes from the seed, so a run can be repeated. Any thread may use it.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/prng.h"
#include "ports/disk.h"

namespace tally::sim {

inline constexpr std::size_t kSimSector = 512;

struct SimDiskOptions {
  // The write returns an error; a subset of its sectors changed, some of them durably.
  std::uint32_t write_fails_per_mille = 0;
  std::uint32_t create_fails_per_mille = 0;
  std::uint32_t read_fails_per_mille = 0;
  // Of all files together; creating beyond it is "disk_full". 0: no limit.
  std::uint64_t capacity_bytes = 0;
  // write_durable answers although nothing is durable until sync_now(): the skipped sync that
  // the tests must notice.
  bool lying_sync = false;
};

// A change as it was asked for, whatever became of it.
struct SimDiskChange {
  std::string_view name;
  std::uint64_t offset = 0;
  std::optional<ByteView> bytes;  // none: the file is removed
  bool happened = true;           // or failed, or fell into a power cut
};
std::string text_of(SimDiskChange const& change);  // the bytes by their hash

// One changed operation, counted from now on.
struct PowerCut {
  std::uint64_t at_change = 1;  // 1: the next write, creation, replacement or removal
  // Bit i: sector i of that write reaches the medium (the last bit goes for all further ones).
  // Absent: the seed chooses. For whole-file changes bit 0 says whether it happened.
  std::optional<std::uint64_t> sectors;
};

class SimDisk final : public ports::Disk {
 public:
  SimDisk(std::uint64_t seed, SimDiskOptions options);
  ~SimDisk() override;

  Result<std::vector<std::string>> list() const override;
  Result<std::unique_ptr<ports::DiskFile>> open(std::string const& name) override;
  Result<std::unique_ptr<ports::DiskFile>> create_zeroed(std::string const& name,
                                                         std::uint64_t size) override;
  Result<void> put(std::string const& name, ports::Content const& content) override;
  Result<void> remove(std::string const& name) override;
  Result<std::uint64_t> free_bytes() const override;

  // Called at every change, under the disk's lock.
  void watch(std::function<void(SimDiskChange const&)> watcher);
  // From here on the options decide; files and what is durable stay.
  void set_options(SimDiskOptions options);
  // During the given change the call returns "power_cut", as does everything after it, until
  // crash(). In the world the call would never return.
  void crash_at_change(PowerCut cut);
  // What crash_at_change planned will not happen.
  void forget_plans();
  // Power is gone and back: sectors that were not durable are lost or kept, as the seed decides;
  // files opened before are dead; faults planned by crash_at_change are off.
  void crash();
  // Makes durable what lying_sync held back.
  void sync_now();
  bool power_is_cut() const;
  // Changes completed or begun since the disk was made.
  std::uint64_t changes() const;

  // Damage at rest, done by the medium: durable at once.
  void flip_bit(std::string const& name, std::uint64_t offset, unsigned bit);
  void truncate(std::string const& name, std::uint64_t size);
  void remove_at_rest(std::string const& name);
  // What a reader sees now.
  Bytes content(std::string const& name) const;

 private:
  class File;
  using Sector = std::array<std::uint8_t, kSimSector>;
  struct Inode {
    Bytes content;
    // What the medium holds where it differs from the content.
    std::map<std::uint64_t, Sector> on_medium;
  };
  enum class Fate { happens, fails, power_cut };

  Result<void> powered() const;
  Fate fate(std::uint32_t fails_per_mille);
  bool sector_reaches(std::uint64_t index);
  static void put_sector(Inode& inode, std::uint64_t sector, ByteView bytes, bool durable);
  Result<void> write(std::string const& name, Inode& inode, std::uint64_t offset, ByteView bytes);
  void tear(Inode& inode, std::uint64_t offset, ByteView bytes, Fate fate);
  Result<void> whole_change(Fate fate, std::string const& name, std::shared_ptr<Inode> after);
  std::uint64_t used_bytes() const;
  Inode& at_rest(std::string const& name) const;

  mutable std::mutex mutex_;
  mutable Prng prng_;
  SimDiskOptions options_;
  std::function<void(SimDiskChange const&)> watcher_;
  std::map<std::string, std::shared_ptr<Inode>> files_;
  std::optional<PowerCut> cut_;
  bool power_is_cut_ = false;
  std::uint64_t lives_ = 0;  // crashes so far; a file handle belongs to one life
  std::uint64_t changes_ = 0;
};

}  // namespace tally::sim
