#include "ledger/snapshots.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "codec/state_tables.h"
#include "domain/derive.h"
#include "domain/fields.h"
#include "marks/room.h"

namespace tally::ledger {

namespace {

constexpr std::string_view kPrefix = "state-";
constexpr std::int64_t kFormat = 2;
// Of the key: the pepper serves other purposes too.
constexpr std::string_view kPurpose = "tallystick snapshot of the state";
constexpr std::ptrdiff_t kKept = 2;
constexpr std::size_t kReadBytes = 1u << 20;
constexpr std::size_t kWriteBytes = 1u << 20;

struct RootAt {
  Digest root;
  std::int64_t size = 0;
  TALLY_FIELDS(RootAt, root, size);
};

// The first line.
struct Head {
  std::string build;
  std::int64_t format = 0;
  std::vector<Digest> peaks;  // of the tree
  std::vector<RootAt> roots;  // audit::Basis::recent_roots
  std::int64_t size = 0;      // events
  TALLY_FIELDS(Head, build, format, peaks, roots, size);
};

tl::unexpected<Error> damaged(std::string what) {
  return fail("damaged", "a snapshot of the state cannot be used: " + std::move(what));
}

std::optional<std::uint64_t> size_in(std::string_view name) {
  if (!name.starts_with(kPrefix)) return std::nullopt;
  name.remove_prefix(kPrefix.size());
  std::uint64_t size = 0;
  auto const [end, fault] = std::from_chars(name.data(), name.data() + name.size(), size);
  if (fault != std::errc{} || end != name.data() + name.size()) return std::nullopt;
  return size;
}

Digest key_of(ByteView pepper) { return hmac_sha256(pepper, as_bytes(kPurpose)); }

// The last line of a file whose other lines have this digest.
std::string seal_of(Digest const& lines, Digest const& key) {
  return hmac_sha256(key.bytes, lines.bytes).hex();
}

// Hands lines to a file in larger parts, and hashes them.
class LineWriter {
 public:
  explicit LineWriter(ports::Write const& write) : write_(write) {}
  void put(std::string_view line) {
    text_.append(line);
    text_.push_back('\n');
    if (text_.size() >= kWriteBytes) flush();
  }
  // The seal of all lines so far as the last one.
  Result<void> end(Digest const& key) {
    flush();
    put(seal_of(hash_.finish(), key));
    if (written_) written_ = write_(as_bytes(text_));
    return std::move(written_);
  }

 private:
  void flush() {
    hash_.add(as_bytes(text_));
    if (written_) written_ = write_(as_bytes(text_));
    text_.clear();
  }
  ports::Write const& write_;
  Sha256 hash_;
  std::string text_;
  Result<void> written_;
};

// Calls line(text) for each line of the file but the last, which must be their seal.
template <class Line>
Result<void> each_line(ports::DiskFile const& file, Digest const& key, Line line) {
  constexpr std::size_t kLastLine = 65;  // 64 hex and the end
  if (file.size() < kLastLine) return damaged("it is too short");
  std::uint64_t const end = file.size() - kLastLine;
  Sha256 hash;
  std::string text;
  for (std::uint64_t at = 0; at < end;) {
    Bytes part(std::min<std::uint64_t>(kReadBytes, end - at));
    TRY_VOID(file.read(at, part));
    at += part.size();
    hash.add(part);
    text.append(as_text(part));
    std::size_t from = 0;
    for (auto to = text.find('\n'); to != std::string::npos; to = text.find('\n', from)) {
      TRY_VOID(line(std::string_view(text).substr(from, to - from)));
      from = to + 1;
    }
    text.erase(0, from);
  }
  Bytes last(kLastLine);
  TRY_VOID(file.read(end, last));
  if (!text.empty() || as_text(last) != seal_of(hash.finish(), key) + "\n")
    return damaged("its bytes are not those that this data directory's server wrote");
  return {};
}

Head head_of(audit::Basis const& basis, std::string const& build) {
  Head head{.build = build,
            .format = kFormat,
            .peaks = {basis.tree.peaks().begin(), basis.tree.peaks().end()},
            .roots = {},
            .size = static_cast<std::int64_t>(basis.tree.size())};
  for (auto const& [size, root] : basis.recent_roots)
    head.roots.push_back({.root = root, .size = size});
  return head;
}

Result<void> take_head(audit::Basis& basis, std::string_view line, std::string const& build) {
  Head head;
  codec::Reader reader(line);
  if (!reader.read(head) || head.format != kFormat) return damaged("its head cannot be read");
  if (head.build != build)
    return fail("other_build", "the snapshot of the state was made by another build");
  auto tree = merkle::Tree::restore(static_cast<std::uint64_t>(head.size), std::move(head.peaks));
  if (!tree) return damaged("its tree does not fit its size");
  basis.tree = std::move(*tree);
  for (RootAt const& at : head.roots) basis.recent_roots.emplace(at.size, at.root);
  return {};
}

}  // namespace

std::string snapshot_name(std::uint64_t size) { return fmt::format("{}{:020}", kPrefix, size); }

std::string snapshot_seal(ByteView lines, ByteView pepper) {
  return seal_of(sha256(lines), key_of(pepper));
}

Snapshots::Snapshots(ports::Disk& disk, std::string build, ByteView pepper)
    : disk_(disk), build_(std::move(build)), key_(key_of(pepper)) {}

Result<std::vector<std::uint64_t>> Snapshots::sizes() const {
  TRY(names, disk_.list());
  std::vector<std::uint64_t> sizes;
  for (std::string const& name : names)
    if (auto const size = size_in(name)) sizes.push_back(*size);
  std::ranges::sort(sizes, std::greater<>());
  return sizes;
}

Result<audit::Basis> Snapshots::load(std::uint64_t size) const {
  TRY(file, disk_.open(snapshot_name(size)));
  audit::Basis basis;
  bool at_head = true;
  TRY_VOID(each_line(*file, key_, [&](std::string_view line) -> Result<void> {
    if (std::exchange(at_head, false)) return take_head(basis, line, build_);
    auto read = codec::read_line(basis.state, line);
    return read ? read : damaged(read.error().detail);
  }));
  if (basis.tree.size() != size || basis.state.ledger.seq_next != static_cast<std::int64_t>(size))
    return damaged("it is of another size");
  domain::derive(basis.state);
  return basis;
}

audit::Basis Snapshots::newest() const { return SnapshotsInTurn(*this).next(); }

Result<void> Snapshots::save(audit::Basis const& basis) {
  TRY_VOID(marks::leave_room(disk_, 0));
  TRY_VOID(disk_.put(snapshot_name(basis.tree.size()), [&](ports::Write const& write) {
    LineWriter lines(write);
    codec::Buffer head;
    codec::write_value(head, head_of(basis, build_));
    lines.put(head.text());
    codec::write_state(basis.state, [&](std::string_view line) { lines.put(line); });
    return lines.end(key_);
  }));
  TRY(sizes, this->sizes());
  // By their place beside this one: larger ones are of another ledger or of another history.
  auto const own = std::ranges::find(sizes, basis.tree.size());
  for (auto at = sizes.begin(); at != sizes.end(); ++at)
    if (at < own || at - own >= kKept) TRY_VOID(disk_.remove(snapshot_name(*at)));
  return {};
}

SnapshotsInTurn::SnapshotsInTurn(Snapshots const& snapshots) : snapshots_(snapshots) {
  auto sizes = snapshots.sizes();
  if (sizes)
    sizes_ = std::move(*sizes);
  else
    left_aside.push_back(sizes.error());
}

audit::Basis SnapshotsInTurn::next() {
  while (next_ < sizes_.size()) {
    auto loaded = snapshots_.load(sizes_[next_++]);
    if (loaded) return std::move(*loaded);
    left_aside.push_back(loaded.error());
  }
  return {};
}

}  // namespace tally::ledger
