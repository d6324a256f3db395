#include "projections/projection_file.h"

#include <algorithm>

#include "marks/room.h"

namespace tally::projections {

namespace {

constexpr std::string_view kPrefix = "projection-";
constexpr std::string_view kMagic = "tallypj1";
constexpr std::size_t kHeadBytes = 64;
constexpr std::size_t kLastLeafAt = 32;
constexpr std::size_t kDigestBytes = 32;
constexpr std::size_t kReadBytes = 1u << 20;

tl::unexpected<Error> damaged(Projection const& projection, std::string_view what) {
  return fail("damaged", projection_file_name(projection) +
                             " cannot be used: " + std::string(what) + "; it is folded anew");
}

Bytes head_of(Projection const& projection, SavedPoint const& point) {
  Bytes head(kHeadBytes);
  std::ranges::copy(as_bytes(kMagic), head.begin());
  put_u64(&head[8], projection.version());
  put_u64(&head[16], point.ledger.value());
  put_u64(&head[24], static_cast<std::uint64_t>(point.cursor));
  std::ranges::copy(point.last_leaf.bytes, &head[kLastLeafAt]);
  return head;
}

bool is_there(ports::Disk& disk, std::string const& name) {
  auto const names = disk.list();
  return names && std::ranges::find(*names, name) != names->end();
}

// The whole file, if its last bytes are the digest of the others.
Result<Bytes> read_sealed(ports::Disk& disk, Projection const& projection) {
  TRY(file, disk.open(projection_file_name(projection)));
  if (file->size() < kHeadBytes + kDigestBytes) return damaged(projection, "it is too short");
  if (file->size() > kSavedBytesMax) return damaged(projection, "it is too long");
  Bytes bytes(file->size());
  for (std::size_t at = 0; at < bytes.size(); at += kReadBytes)
    TRY_VOID(file->read(
        at, std::span(bytes).subspan(at).first(std::min(kReadBytes, bytes.size() - at))));
  std::size_t const end = bytes.size() - kDigestBytes;
  Sha256 hash;
  hash.add(as_bytes(projection.name()));
  hash.add(ByteView(bytes).first(end));
  if (!std::ranges::equal(hash.finish().bytes, ByteView(bytes).subspan(end)))
    return damaged(projection, "its bytes are not those that were written");
  bytes.resize(end);
  return bytes;
}

Result<SavedPoint> load(ports::Disk& disk, Projection& projection, LedgerId ledger) {
  TRY(bytes, read_sealed(disk, projection));
  if (as_text(ByteView(bytes).first(kMagic.size())) != kMagic)
    return damaged(projection, "it is of another format");
  if (get_u64(&bytes[8]) != projection.version())
    return fail("other_version", "the projection was saved by another version of it");
  SavedPoint point{.ledger = LedgerId(get_u64(&bytes[16])),
                   .cursor = static_cast<std::int64_t>(get_u64(&bytes[24])),
                   .last_leaf = {}};
  std::copy_n(&bytes[kLastLeafAt], point.last_leaf.bytes.size(), point.last_leaf.bytes.begin());
  if (point.ledger != ledger) return fail("foreign", "the projection is of another ledger");
  if (point.cursor < 1) return damaged(projection, "it is of no events");
  TRY_VOID(projection.load(ByteView(bytes).subspan(kHeadBytes)));
  return point;
}

}  // namespace

std::string projection_file_name(Projection const& projection) {
  return std::string(kPrefix) + std::string(projection.name());
}

Result<void> write_projection_file(ports::Disk& disk, Projection const& projection,
                                   SavedPoint const& point) {
  TRY_VOID(marks::leave_room(disk, 0));
  return disk.put(projection_file_name(projection), [&](ports::Write const& write) -> Result<void> {
    Sha256 hash;
    hash.add(as_bytes(projection.name()));
    auto const put = [&](ByteView part) -> Result<void> {
      hash.add(part);
      return write(part);
    };
    TRY_VOID(put(head_of(projection, point)));
    TRY_VOID(projection.save(put));
    return write(hash.finish().bytes);
  });
}

Result<SavedPoint> load_projection_file(ports::Disk& disk, Projection& projection,
                                        LedgerId ledger) {
  if (!is_there(disk, projection_file_name(projection)))
    return fail("absent", "the projection was never saved");
  auto loaded = load(disk, projection, ledger);
  if (!loaded) projection.clear();
  return loaded;
}

}  // namespace tally::projections
