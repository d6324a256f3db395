#include "base/check.h"
#include "fuzz/doors.h"
#include "marks/mark_file.h"
#include "ports/memory_disk_fixture.h"

namespace tally::fuzz {

namespace {

constexpr std::size_t kPage = 4096;
constexpr std::size_t kFoundMax = 100;

void put_checksums_right(Bytes& file) {
  for (std::size_t at = 0; at + kPage <= file.size(); at += kPage) {
    std::span const page = std::span(file).subspan(at, kPage);
    put_u32(&page[kPage - 4], crc32c(page.first(kPage - 4)));
  }
}

void ask(marks::MarkFile const& file) {
  std::uint64_t marks = 0;
  auto const next = file.all();
  for (;;) {
    auto const part = next();
    if (!part || part->empty()) break;
    marks += part->size();
    for (marks::Mark const& mark : part->first(std::min<std::size_t>(part->size(), 3))) {
      std::vector<std::int64_t> found;
      if (file.newest(mark.key(), mark.seq(), kFoundMax, found))
        TALLY_CHECK(found.size() <= kFoundMax, "more was found than was asked for");
    }
  }
  TALLY_CHECK(marks <= file.head().marks, "there are more marks than there are");
  (void)file.check();
}

}  // namespace

void mark_file(ByteView bytes) {
  Bytes file(bytes.begin(), bytes.end());
  put_checksums_right(file);
  marks::SeqRange range{.from = 0, .to = 1};
  LedgerId ledger;
  if (file.size() >= kPage) {
    ledger = LedgerId(get_u64(&file[8]));
    range = {.from = static_cast<std::int64_t>(get_u64(&file[16])),
             .to = static_cast<std::int64_t>(get_u64(&file[24]))};
  }
  auto const name = marks::mark_file_name(range);
  if (auto const said = marks::mark_file_range(name))
    TALLY_CHECK(*said == range, "a name says another range");
  ports::testing::MemoryDisk disk;
  disk.files[name] = std::move(file);
  auto const opened = marks::MarkFile::open(disk, range, ledger);
  if (opened) ask(**opened);
}

}  // namespace tally::fuzz
