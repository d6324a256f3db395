#include "bench/scratch.h"

#include <linux/magic.h>
#include <stdlib.h>
#include <sys/vfs.h>

#include "bench/measure.h"
#include "platform/file_disk.h"
#include "segments/aligned_buffer.h"

namespace tally::bench {

namespace fs = std::filesystem;

Result<Scratch> Scratch::make(std::string const& parent) {
  struct statfs system {};
  if (statfs(parent.c_str(), &system) != 0)
    return fail("io_error", parent + " cannot be looked at; choose another --dir");
  if (system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC)
    return fail("not_a_disk", parent + " is memory; name a directory on a disk with --dir");
  std::string path = parent + "/tally-bench-XXXXXX";
  if (mkdtemp(path.data()) == nullptr)
    return fail("io_error", "no directory can be made in " + parent);
  return Scratch(std::move(path));
}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}

// Copies of job folders are read-only, and nobody but root removes what is in such a folder.
Scratch::~Scratch() {
  if (path_.empty()) return;
  std::error_code ignored;
  for (auto at = fs::recursive_directory_iterator(path_, ignored); at != fs::end(at); ++at)
    if (at->is_directory())
      fs::permissions(at->path(), fs::perms::owner_all, fs::perm_options::add, ignored);
  fs::remove_all(path_, ignored);
}

std::uint64_t Scratch::bytes(std::string const& inside) const {
  std::uint64_t sum = 0;
  for (fs::directory_entry const& entry : fs::recursive_directory_iterator(path(inside)))
    if (entry.is_regular_file()) sum += entry.file_size();
  return sum;
}

Result<SyncLatency> measure_sync(Scratch const& scratch) {
  constexpr std::size_t kWrites = 1'000;
  constexpr std::size_t kBlocks = 256;
  TRY(disk, platform::FileDisk::open_directory(scratch.path("sync")));
  TRY(file, disk->create_zeroed("sync", kBlocks * ports::kDiskBlock));
  segments::AlignedBuffer buffer;
  auto const block = buffer.take(ports::kDiskBlock);
  std::fill(block.begin(), block.end(), std::uint8_t{0x5A});
  std::vector<double> latencies;
  double const cpu = cpu_us();
  for (std::size_t i = 0; i < kWrites; ++i) {
    double const begin = wall_us();
    TRY_VOID(file->write_durable(i % kBlocks * ports::kDiskBlock, block));
    latencies.push_back(wall_us() - begin);
  }
  return SyncLatency{.p50_us = percentile(latencies, 50),
                     .p99_us = percentile(latencies, 99),
                     .cpu_us = (cpu_us() - cpu) / kWrites};
}

}  // namespace tally::bench
