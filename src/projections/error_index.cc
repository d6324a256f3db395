#include "projections/error_index.h"

#include <algorithm>

#include "base/check.h"
#include "domain/error/finding.h"
#include "projections/error_block.h"

namespace tally::projections {

namespace {

// Rows keep words of closed sets by their place. A build that has other words, or has them in
// another order, does not read what this one saved.
Digest words_digest() {
  std::string words;
  auto const add = [&](auto kind) {
    for (auto const word : all_of(kind)) (words += name_of(word)) += '\n';
  };
  add(ErrorClass{});
  add(Layer{});
  add(Severity{});
  return sha256(as_bytes(words));
}

constexpr std::size_t kHeadBytes = 44;  // the digest of the words, complete_from, blocks

}  // namespace

ErrorIndex::ErrorIndex(std::size_t block_rows) : block_rows_(block_rows) {
  TALLY_CHECK(block_rows > 0 && block_rows <= ErrorBlock::kRowsMax, "a block has room");
}

ErrorIndex::~ErrorIndex() = default;

void ErrorIndex::close(Blocks& blocks) const {
  blocks.full.push_back(std::exchange(blocks.open, nullptr));
  if (blocks.full.size() < kBlocksMax) return;
  blocks.full.erase(blocks.full.begin());
  blocks.complete_from = blocks.full.front()->first_seq();
}

void ErrorIndex::apply(codec::Entry const& entry) {
  auto const finding = domain::error::finding_of(entry.recorded.event);
  if (!finding) return;
  domain::Header const& header = entry.recorded.header;
  ErrorRow row;
  row.seq = header.seq;
  row.at = header.at;
  row.error_class = finding->error_class;
  row.layer = finding->layer;
  row.severity = finding->severity;
  row.has_correlation = header.correlation.has_value();
  if (header.correlation) row.correlation = *header.correlation;
  auto const& run = finding->run ? finding->run : header.run;
  row.has_run = run.has_value();
  if (run) row.run = *run;
  auto const& tenant = finding->subject ? finding->subject : header.tenant;
  row.has_tenant = tenant.has_value();
  blocks_.with([&](Blocks& blocks) {
    if (blocks.open == nullptr) blocks.open = std::make_shared<ErrorBlock>();
    blocks.open->add(row, finding->component, tenant ? tenant->value() : std::string());
    if (blocks.open->size() == block_rows_) close(blocks);
  });
}

void ErrorIndex::clear() {
  blocks_.with([](Blocks& blocks) { blocks = {}; });
}

std::size_t ErrorIndex::size() const {
  return blocks_.with([](Blocks const& blocks) {
    std::size_t size = blocks.open ? blocks.open->size() : 0;
    for (auto const& block : blocks.full) size += block->size();
    return size;
  });
}

ErrorPage ErrorIndex::find(ErrorQuery const& query) const {
  ErrorPage page;
  std::size_t left = kLookedAtMax;
  bool go_on = true;
  auto const full = blocks_.with([&](Blocks const& blocks) {
    page.complete_from = blocks.complete_from;
    if (blocks.open) go_on = blocks.open->find(query, page, left);
    return blocks.full;
  });
  for (auto block = full.rbegin(); block != full.rend() && go_on; ++block)
    go_on = (*block)->find(query, page, left);
  return page;
}

// The blocks are changed by the thread that saves, and by no other: so they are read without the
// lock, which readers would else wait for as long as the disk takes.
Result<void> ErrorIndex::save(ports::Write const& write) const {
  Bytes bytes(kHeadBytes);
  auto const blocks = blocks_.with([&](Blocks const& now) {
    put_u64(&bytes[32], static_cast<std::uint64_t>(now.complete_from));
    auto all = now.full;
    if (now.open) all.push_back(now.open);
    return all;
  });
  std::ranges::copy(words_digest().bytes, bytes.begin());
  put_u32(&bytes[40], static_cast<std::uint32_t>(blocks.size()));
  TRY_VOID(write(bytes));
  for (auto const& block : blocks) {
    bytes.clear();
    block->save(bytes);
    TRY_VOID(write(bytes));
  }
  return {};
}

Result<void> ErrorIndex::load(ByteView saved) {
  auto const damaged = [] { return fail("damaged", "the saved index of errors cannot be read"); };
  if (saved.size() < kHeadBytes) return damaged();
  if (!std::ranges::equal(saved.first(32), words_digest().bytes))
    return fail("other_version", "the index of errors was saved with other words");
  Blocks blocks;
  blocks.complete_from = static_cast<std::int64_t>(get_u64(&saved[32]));
  std::uint32_t const count = get_u32(&saved[40]);
  if (count > kBlocksMax) return damaged();
  saved = saved.subspan(kHeadBytes);
  for (std::uint32_t i = 0; i < count; ++i) {
    auto block = std::make_shared<ErrorBlock>();
    TRY_VOID(block->load(saved));
    bool const full = block->size() >= block_rows_;
    if (!full && i + 1 < count) return damaged();
    full ? blocks.full.push_back(std::move(block)) : void(blocks.open = std::move(block));
  }
  if (!saved.empty()) return damaged();
  blocks_.with([&](Blocks& now) { now = std::move(blocks); });
  return {};
}

}  // namespace tally::projections
