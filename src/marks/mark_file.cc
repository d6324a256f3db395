#include "marks/mark_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/check.h"

namespace tally::marks {

namespace {

constexpr std::string_view kPrefix = "index-";
constexpr std::size_t kDigits = 20;
// Whoever changes which marks an event gets (Index::note) raises the number: files of another one
// are made again.
constexpr std::string_view kMagic = "tallyix4";
constexpr std::size_t kPage = 4096;
constexpr std::size_t kCrcAt = kPage - 4;
constexpr std::size_t kMarkBytes = 24;
constexpr std::size_t kMarksOnAPage = 170;
constexpr std::size_t kPagesWrittenAtOnce = 256;
constexpr std::size_t kPagesReadAtOnce = 32;  // of each of the files that are merged

std::uint64_t pages_for(std::uint64_t marks) { return (marks + kMarksOnAPage - 1) / kMarksOnAPage; }

void seal(std::span<std::uint8_t> page) { put_u32(&page[kCrcAt], crc32c(page.first(kCrcAt))); }
bool is_sealed(ByteView page) { return get_u32(&page[kCrcAt]) == crc32c(page.first(kCrcAt)); }

// Marks are in files as they are in memory: three integers, little-endian.
static_assert(std::endian::native == std::endian::little && sizeof(Mark) == kMarkBytes &&
              std::is_trivially_copyable_v<Mark>);

void put_mark(std::uint8_t* at, Mark const& mark) { std::memcpy(at, &mark, kMarkBytes); }
Mark get_mark(std::uint8_t const* at) {
  Mark mark;
  std::memcpy(&mark, at, kMarkBytes);
  return mark;
}

Bytes head_page(MarkFileHead const& head) {
  Bytes page(kPage);
  std::ranges::copy(as_bytes(kMagic), page.begin());
  put_u64(&page[8], head.ledger.value());
  put_u64(&page[16], static_cast<std::uint64_t>(head.range.from));
  put_u64(&page[24], static_cast<std::uint64_t>(head.range.to));
  put_u64(&page[32], static_cast<std::uint64_t>(head.checkpoint.value_or(-1)));
  put_u64(&page[40], head.marks);
  std::ranges::copy(head.last_leaf.bytes, &page[48]);
  seal(page);
  return page;
}

std::optional<MarkFileHead> head_of(ByteView page) {
  if (!is_sealed(page) || as_text(page.first(kMagic.size())) != kMagic) return std::nullopt;
  MarkFileHead head{.ledger = LedgerId(get_u64(&page[8])),
                    .last_leaf = {},
                    .range = {.from = static_cast<std::int64_t>(get_u64(&page[16])),
                              .to = static_cast<std::int64_t>(get_u64(&page[24]))},
                    .checkpoint = static_cast<std::int64_t>(get_u64(&page[32])),
                    .marks = get_u64(&page[40])};
  std::copy_n(&page[48], head.last_leaf.bytes.size(), head.last_leaf.bytes.begin());
  if (*head.checkpoint < 0) head.checkpoint.reset();
  return head;
}

// Puts marks on pages, and pages into a file in larger parts.
class PageWriter {
 public:
  explicit PageWriter(ports::Write const& write) : write_(write) {}
  Result<void> put(Mark const& mark) {
    if (on_page_ == 0) pages_.resize(pages_.size() + kPage);
    put_mark(&pages_[pages_.size() - kPage + kMarkBytes * on_page_], mark);
    return ++on_page_ == kMarksOnAPage ? end_page() : Result<void>();
  }
  bool begins_page() const { return on_page_ == 0; }
  // What is still here goes to the file; the next mark begins a page.
  Result<void> flush() {
    if (on_page_ > 0) TRY_VOID(end_page());
    if (pages_.empty()) return {};
    auto written = write_(pages_);
    pages_.clear();
    return written;
  }

 private:
  Result<void> end_page() {
    seal(std::span(pages_).last(kPage));
    on_page_ = 0;
    return pages_.size() < kPagesWrittenAtOnce * kPage ? Result<void>() : flush();
  }
  ports::Write const& write_;
  Bytes pages_;
  std::size_t on_page_ = 0;
};

Result<void> write_pages(ports::Write const& write, MarkFileHead const& head,
                         NextMarks const& next) {
  TRY_VOID(write(head_page(head)));
  PageWriter pages(write);
  std::vector<Mark> fences;
  std::uint64_t count = 0;
  for (;;) {
    TRY(marks, next());
    if (marks.empty()) break;
    count += marks.size();
    for (Mark const& mark : marks) {
      if (pages.begins_page()) fences.push_back(mark);
      TRY_VOID(pages.put(mark));
    }
  }
  TALLY_CHECK(count == head.marks, "there are not as many marks as were said");
  TRY_VOID(pages.flush());
  for (Mark const& fence : fences) TRY_VOID(pages.put(fence));
  return pages.flush();
}

std::optional<std::int64_t> number_in(std::string_view digits) {
  std::int64_t number = 0;
  auto const [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (fault != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string mark_file_name(SeqRange range) {
  return fmt::format("{}{:020}-{:020}", kPrefix, range.from, range.to);
}

std::optional<SeqRange> mark_file_range(std::string_view name) {
  if (!name.starts_with(kPrefix) || name.size() != kPrefix.size() + 2 * kDigits + 1)
    return std::nullopt;
  auto const from = number_in(name.substr(kPrefix.size(), kDigits));
  auto const to = number_in(name.substr(kPrefix.size() + kDigits + 1));
  if (!from || !to || *from < 0 || *to <= *from) return std::nullopt;
  return SeqRange{*from, *to};
}

std::uint64_t mark_file_bytes(std::uint64_t marks) {
  std::uint64_t const pages = pages_for(marks);
  return kPage * (1 + pages + pages_for(pages));
}

Result<void> write_mark_file(ports::Disk& disk, MarkFileHead const& head, NextMarks const& marks) {
  return disk.put(mark_file_name(head.range),
                  [&](ports::Write const& write) { return write_pages(write, head, marks); });
}

MarkFile::MarkFile(std::unique_ptr<ports::DiskFile> file, MarkFileHead head)
    : file_(std::move(file)), head_(head) {}

tl::unexpected<Error> MarkFile::damaged(std::string_view what) const {
  damaged_ = true;
  return fail("index_damaged", fmt::format("the index of the events {} to {}: {}", head_.range.from,
                                           head_.range.to, what));
}

Result<std::shared_ptr<MarkFile const>> MarkFile::open(ports::Disk& disk, SeqRange range,
                                                       LedgerId ledger) {
  TRY(file, disk.open(mark_file_name(range)));
  Bytes page(kPage);
  if (file->size() >= kPage) TRY_VOID(file->read(0, page));
  auto const head = head_of(page);
  if (!head || head->range != range || head->ledger != ledger)
    return fail("index_damaged",
                fmt::format("{} is not what its name says", mark_file_name(range)));
  std::shared_ptr<MarkFile> opened(new MarkFile(std::move(file), *head));
  TRY_VOID(opened->read_fences());
  return std::shared_ptr<MarkFile const>(std::move(opened));
}

std::uint64_t MarkFile::pages() const { return pages_for(head_.marks); }

std::size_t MarkFile::marks_on(std::uint64_t page) const {
  return std::min<std::uint64_t>(kMarksOnAPage, head_.marks - page * kMarksOnAPage);
}

Result<void> MarkFile::read_fences() {
  if (head_.marks > file_->size() / kMarkBytes) return damaged("its length is wrong");
  if (file_->size() != mark_file_bytes(head_.marks)) return damaged("its length is wrong");
  Bytes bytes(pages_for(pages()) * kPage);
  TRY_VOID(file_->read(kPage * (1 + pages()), bytes));
  fences_.reserve(pages());
  for (std::uint64_t i = 0; i < pages(); ++i) {
    auto const page = ByteView(bytes).subspan(i / kMarksOnAPage * kPage, kPage);
    std::size_t const on_page = i % kMarksOnAPage;
    if (on_page == 0 && !is_sealed(page)) return damaged("a page of fences is damaged");
    fences_.push_back(get_mark(&page[kMarkBytes * on_page]));
  }
  return {};
}

Result<void> MarkFile::read(std::uint64_t first, std::uint64_t count,
                            std::vector<Mark>& marks) const {
  Bytes bytes(count * kPage);
  if (auto const read = file_->read(kPage * (1 + first), bytes); !read)
    return damaged("a page cannot be read: " + read.error().detail);
  marks.clear();
  for (std::uint64_t i = 0; i < count; ++i) {
    auto const page = ByteView(bytes).subspan(i * kPage, kPage);
    if (!is_sealed(page)) return damaged("a page is damaged");
    std::size_t const before = marks.size();
    marks.resize(before + marks_on(first + i));
    std::memcpy(&marks[before], page.data(), kMarkBytes * marks_on(first + i));
  }
  return {};
}

Result<void> MarkFile::newest(MarkKey const& key, std::int64_t before, std::size_t limit,
                              std::vector<std::int64_t>& found) const {
  auto const behind = std::ranges::lower_bound(fences_, Mark{key, before});
  auto page = static_cast<std::uint64_t>(behind - fences_.begin());
  std::vector<Mark> marks;
  for (bool more = true; more && page > 0;) {
    TRY_VOID(read(--page, 1, marks));
    more = take_newest(marks, key, before, limit, found);
  }
  return {};
}

Result<void> MarkFile::oldest(MarkKey const& key, std::int64_t from, std::size_t limit,
                              std::vector<std::int64_t>& found) const {
  auto const behind = std::ranges::lower_bound(fences_, Mark{key, from});
  auto page = static_cast<std::uint64_t>(behind - fences_.begin());
  if (page > 0) --page;  // the first of them may stand behind the page's fence
  std::vector<Mark> marks;
  for (bool more = true; more && page < pages(); ++page) {
    TRY_VOID(read(page, 1, marks));
    more = take_oldest(marks, key, from, limit, found);
  }
  return {};
}

NextMarks MarkFile::all() const {
  return [this, next = std::uint64_t{0},
          marks = std::vector<Mark>()]() mutable -> Result<std::span<Mark const>> {
    std::uint64_t const count = std::min<std::uint64_t>(kPagesReadAtOnce, pages() - next);
    TRY_VOID(read(next, count, marks));
    next += count;
    return std::span<Mark const>(marks);
  };
}

Result<void> MarkFile::check() const {
  NextMarks const next = all();
  for (;;) {
    TRY(marks, next());
    if (marks.empty()) return {};
  }
}

}  // namespace tally::marks
