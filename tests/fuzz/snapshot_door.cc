#include <charconv>

#include "base/check.h"
#include "codec/state_digest.h"
#include "fuzz/doors.h"
#include "ledger/snapshots.h"
#include "ports/memory_disk_fixture.h"

namespace tally::fuzz {

namespace {

constexpr char const* kBuild = "fuzz";
constexpr std::string_view kPepper = "pepper";

// What the head says how many events it covers; a file is looked for by that.
std::uint64_t size_in(std::string_view text) {
  constexpr std::string_view kName = "\"size\":";
  auto const head = text.substr(0, text.find('\n'));
  auto const at = head.rfind(kName);
  std::uint64_t size = 0;
  if (at != std::string_view::npos)
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), size);
  return size;
}

}  // namespace

void snapshot(ByteView bytes) {
  ports::testing::MemoryDisk disk;
  ledger::Snapshots snapshots(disk, kBuild, as_bytes(kPepper));
  auto const size = size_in(as_text(bytes));
  std::string text(as_text(bytes));
  text += ledger::snapshot_seal(bytes, as_bytes(kPepper)) + "\n";
  disk.files[ledger::snapshot_name(size)] = to_bytes(text);
  auto const read = snapshots.load(size);
  if (!read) return;
  ports::testing::MemoryDisk again;
  ledger::Snapshots saved(again, kBuild, as_bytes(kPepper));
  TALLY_CHECK(saved.save(*read).has_value(), "a state that was read cannot be kept");
  auto const same = saved.load(size);
  TALLY_CHECK(same.has_value(), "a snapshot that was written cannot be read");
  TALLY_CHECK(codec::StateDigest::of(same->state) == codec::StateDigest::of(read->state),
              "a state is read as another");
}

}  // namespace tally::fuzz
