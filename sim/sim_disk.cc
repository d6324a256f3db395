#include "sim/sim_disk.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "base/check.h"
#include "base/digest.h"

namespace tally::sim {

namespace {

tl::unexpected<Error> power_cut() { return fail("power_cut", "The simulated power is off."); }
tl::unexpected<Error> not_found(std::string const& name) {
  return fail("not_found", "There is no such file.", name);
}

}  // namespace

std::string text_of(SimDiskChange const& change) {
  std::string const what =
      !change.bytes ? "removed"
                    : fmt::format("{} bytes {}", change.bytes->size(),
                                  sha256(*change.bytes).hex().substr(0, 16));
  return fmt::format("disk {} at {}: {}{}", change.name, change.offset, what,
                     change.happened ? "" : ", not whole");
}

class SimDisk::File final : public ports::DiskFile {
 public:
  File(SimDisk& disk, std::shared_ptr<Inode> inode, std::string name)
      : disk_(disk), inode_(std::move(inode)), name_(std::move(name)), life_(disk.lives_) {}

  std::uint64_t size() const override {
    std::lock_guard lock(disk_.mutex_);
    return inode_->content.size();
  }

  Result<void> read(std::uint64_t offset, std::span<std::uint8_t> bytes) const override {
    std::lock_guard lock(disk_.mutex_);
    TRY_VOID(alive());
    auto const& content = inode_->content;
    if (offset > content.size() || bytes.size() > content.size() - offset) {
      return fail("io_error", "A read went past the end of a file.", name_);
    }
    if (disk_.prng_.chance(disk_.options_.read_fails_per_mille)) {
      return fail("io_error", "The disk could not read a part of a file.", name_);
    }
    std::copy_n(content.begin() + static_cast<std::ptrdiff_t>(offset), bytes.size(), bytes.begin());
    return {};
  }

  Result<void> write_durable(std::uint64_t offset, ByteView bytes) override {
    std::lock_guard lock(disk_.mutex_);
    TALLY_CHECK(offset % ports::kDiskBlock == 0 && bytes.size() % ports::kDiskBlock == 0,
                "a durable write must be made of whole blocks");
    TALLY_CHECK(offset + bytes.size() <= inode_->content.size(),
                "a durable write past the end of a file");
    TRY_VOID(alive());
    return disk_.write(name_, *inode_, offset, bytes);
  }

 private:
  Result<void> alive() const {
    if (life_ != disk_.lives_) return power_cut();
    return disk_.powered();
  }

  SimDisk& disk_;
  std::shared_ptr<Inode> inode_;
  std::string name_;
  std::uint64_t life_;
};

SimDisk::SimDisk(std::uint64_t seed, SimDiskOptions options) : prng_(seed), options_(options) {}
SimDisk::~SimDisk() = default;

Result<void> SimDisk::powered() const {
  if (power_is_cut_) return power_cut();
  return {};
}

SimDisk::Fate SimDisk::fate(std::uint32_t fails_per_mille) {
  ++changes_;
  if (cut_ && cut_->at_change-- == 1) {
    power_is_cut_ = true;
    return Fate::power_cut;
  }
  return prng_.chance(fails_per_mille) ? Fate::fails : Fate::happens;
}

bool SimDisk::sector_reaches(std::uint64_t index) {
  if (!power_is_cut_ || !cut_ || !cut_->sectors) return prng_.chance(500);
  return (*cut_->sectors >> std::min<std::uint64_t>(index, 63) & 1) != 0;
}

void SimDisk::put_sector(Inode& inode, std::uint64_t sector, ByteView bytes, bool durable) {
  auto* at = inode.content.data() + sector * kSimSector;
  if (durable) {
    inode.on_medium.erase(sector);
  } else {
    Sector before{};
    std::memcpy(before.data(), at, kSimSector);
    inode.on_medium.emplace(sector, before);
  }
  std::memcpy(at, bytes.data(), kSimSector);
}

Result<void> SimDisk::write(std::string const& name, Inode& inode, std::uint64_t offset,
                            ByteView bytes) {
  auto fate = this->fate(options_.write_fails_per_mille);
  if (watcher_)
    watcher_({.name = name, .offset = offset, .bytes = bytes, .happened = fate == Fate::happens});
  if (fate != Fate::happens) {
    tear(inode, offset, bytes, fate);
    if (fate == Fate::power_cut) return power_cut();
    return fail("io_error", "The disk could not write a part of a file.");
  }
  for (std::size_t at = 0; at < bytes.size(); at += kSimSector) {
    put_sector(inode, (offset + at) / kSimSector, bytes.subspan(at, kSimSector),
               !options_.lying_sync);
  }
  return {};
}

// At a power cut a sector is on the medium or not. After a failed write it may also be visible
// without being durable.
void SimDisk::tear(Inode& inode, std::uint64_t offset, ByteView bytes, Fate fate) {
  for (std::size_t at = 0; at < bytes.size(); at += kSimSector) {
    if (!sector_reaches(at / kSimSector)) continue;
    bool durable = fate == Fate::power_cut || prng_.chance(500);
    put_sector(inode, (offset + at) / kSimSector, bytes.subspan(at, kSimSector), durable);
  }
}

Result<std::vector<std::string>> SimDisk::list() const {
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  std::vector<std::string> names;
  for (auto const& [name, inode] : files_) names.push_back(name);
  return names;
}

Result<std::unique_ptr<ports::DiskFile>> SimDisk::open(std::string const& name) {
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  auto found = files_.find(name);
  if (found == files_.end()) return not_found(name);
  return std::make_unique<File>(*this, found->second, name);
}

// A change of a whole file is all or nothing, whatever becomes of the call.
Result<void> SimDisk::whole_change(Fate fate, std::string const& name,
                                   std::shared_ptr<Inode> after) {
  if (watcher_)
    watcher_({.name = name,
              .bytes = after ? std::optional<ByteView>(after->content) : std::nullopt,
              .happened = fate == Fate::happens});
  if (fate == Fate::happens || sector_reaches(0)) {
    if (after) {
      files_[name] = std::move(after);
    } else {
      files_.erase(name);
    }
  }
  if (fate == Fate::power_cut) return power_cut();
  if (fate == Fate::fails) return fail("io_error", "The disk could not change a file.", name);
  return {};
}

Result<std::unique_ptr<ports::DiskFile>> SimDisk::create_zeroed(std::string const& name,
                                                                std::uint64_t size) {
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  if (files_.contains(name)) return fail("exists", "A file of this name exists.", name);
  if (options_.capacity_bytes != 0 && used_bytes() + size > options_.capacity_bytes) {
    return fail("disk_full", "The disk is full.", name);
  }
  auto inode = std::make_shared<Inode>();
  inode->content.resize(size);
  TRY_VOID(whole_change(fate(options_.create_fails_per_mille), name, inode));
  return std::make_unique<File>(*this, inode, name);
}

Result<void> SimDisk::put(std::string const& name, ports::Content const& content) {
  auto inode = std::make_shared<Inode>();
  TRY_VOID(content([&](ByteView part) -> Result<void> {
    inode->content.insert(inode->content.end(), part.begin(), part.end());
    return {};
  }));
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  auto const size = inode->content.size();
  if (options_.capacity_bytes != 0 && used_bytes() + size > options_.capacity_bytes) {
    return fail("disk_full", "The disk is full.", name);
  }
  return whole_change(fate(options_.write_fails_per_mille), name, std::move(inode));
}

Result<void> SimDisk::remove(std::string const& name) {
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  if (!files_.contains(name)) return not_found(name);
  return whole_change(fate(options_.write_fails_per_mille), name, nullptr);
}

Result<std::uint64_t> SimDisk::free_bytes() const {
  constexpr std::uint64_t kPlenty = std::uint64_t{1} << 40;
  std::lock_guard lock(mutex_);
  TRY_VOID(powered());
  if (options_.capacity_bytes == 0) return kPlenty;
  return options_.capacity_bytes - std::min(options_.capacity_bytes, used_bytes());
}

void SimDisk::watch(std::function<void(SimDiskChange const&)> watcher) {
  std::lock_guard lock(mutex_);
  watcher_ = std::move(watcher);
}

void SimDisk::set_options(SimDiskOptions options) {
  std::lock_guard lock(mutex_);
  options_ = options;
}

void SimDisk::crash_at_change(PowerCut cut) {
  std::lock_guard lock(mutex_);
  TALLY_CHECK(cut.at_change > 0, "power is cut during a change to come");
  cut_ = cut;
}

void SimDisk::forget_plans() {
  std::lock_guard lock(mutex_);
  cut_.reset();
}

void SimDisk::crash() {
  std::lock_guard lock(mutex_);
  for (auto& [name, inode] : files_) {
    for (auto const& [sector, medium] : inode->on_medium) {
      if (prng_.chance(500)) continue;
      std::memcpy(inode->content.data() + sector * kSimSector, medium.data(), kSimSector);
    }
    inode->on_medium.clear();
  }
  cut_.reset();
  power_is_cut_ = false;
  ++lives_;
}

void SimDisk::sync_now() {
  std::lock_guard lock(mutex_);
  for (auto& [name, inode] : files_) inode->on_medium.clear();
}

bool SimDisk::power_is_cut() const {
  std::lock_guard lock(mutex_);
  return power_is_cut_;
}

std::uint64_t SimDisk::changes() const {
  std::lock_guard lock(mutex_);
  return changes_;
}

SimDisk::Inode& SimDisk::at_rest(std::string const& name) const {
  auto found = files_.find(name);
  TALLY_CHECK(found != files_.end(), "a test damages a file that does not exist");
  return *found->second;
}

void SimDisk::flip_bit(std::string const& name, std::uint64_t offset, unsigned bit) {
  std::lock_guard lock(mutex_);
  auto& inode = at_rest(name);
  auto mask = static_cast<std::uint8_t>(1u << bit);
  inode.content.at(offset) ^= mask;
  auto medium = inode.on_medium.find(offset / kSimSector);
  if (medium != inode.on_medium.end()) medium->second[offset % kSimSector] ^= mask;
}

void SimDisk::truncate(std::string const& name, std::uint64_t size) {
  std::lock_guard lock(mutex_);
  auto& inode = at_rest(name);
  inode.content.resize(size);
  inode.on_medium.erase(inode.on_medium.lower_bound(size / kSimSector), inode.on_medium.end());
}

void SimDisk::remove_at_rest(std::string const& name) {
  std::lock_guard lock(mutex_);
  files_.erase(name);
}

Bytes SimDisk::content(std::string const& name) const {
  std::lock_guard lock(mutex_);
  return at_rest(name).content;
}

std::uint64_t SimDisk::used_bytes() const {
  std::uint64_t bytes = 0;
  for (auto const& [name, inode] : files_) bytes += inode->content.size();
  return bytes;
}

}  // namespace tally::sim
