#include "audit/fold.h"

#include <fmt/format.h>

#include <array>

#include "domain/invariants.h"
#include "merkle/checkpoint.h"

namespace tally::audit {

namespace {

constexpr std::int64_t kFormat = domain::system::kLedgerFormat;

// Which build reads a ledger of an earlier format: the last one that wrote it. No upcast leads from
// them to today's, since none was published.
constexpr std::array<std::string_view, kFormat - 1> kReadBy{"824e229", "cf27444", "46ce126",
                                                            "e053668", "c758756"};

std::string about_format(std::int64_t format) {
  std::string mine = fmt::format(
      "the ledger has format {}; this program reads and writes format {}", format, kFormat);
  if (format < 1) return mine;
  if (format > kFormat) return mine + "; a newer build wrote it, take that one";
  return fmt::format("{}; the build of commit {} reads it", mine,
                     kReadBy[static_cast<std::size_t>(format - 1)]);
}

std::optional<std::int64_t> format_in(domain::Event const& event) {
  auto const* group = std::get_if<domain::system::Events>(&event);
  auto const* opened = group ? std::get_if<domain::system::Opened>(group) : nullptr;
  return opened ? std::optional(opened->format) : std::nullopt;
}

// What apply would stop the process for, said beforehand: a log from outside may be anything.
std::optional<std::string_view> disorder(domain::State const& state, domain::Header const& header) {
  if (header.seq != state.ledger.seq_next) return "its sequence is not the next one";
  if (header.at < state.ledger.at) return "its time is before that of the event before it";
  if (!header.tenant) return std::nullopt;
  domain::directory::Tenant const* tenant = state.tenants.find(*header.tenant);
  if (tenant == nullptr) return std::nullopt;  // tenant.created
  if (header.tenant_seq != tenant->seq_next) return "its tenant_seq is not the next one";
  return std::nullopt;
}

}  // namespace

Fold::Fold(Basis basis, StateDigests digests)
    : basis_(std::move(basis)),
      begin_(static_cast<std::int64_t>(basis_.tree.size())),
      wanted_(digests),
      only_at_the_end_(digests == StateDigests::kept) {
  if (begin_ > 0) note_digest();
}

tl::unexpected<Error> Fold::refused(std::int64_t seq, std::string_view code,
                                    std::string_view what) {
  bad_seq_ = seq;
  return fail(std::string(code), fmt::format("event {}: {}", seq, what));
}

// The state at the end of a frame, of which a checkpoint may speak.
void Fold::note_digest() {
  constexpr std::uint64_t kEventsRemembered = 16'384;  // rows touched by these
  std::uint64_t const events = basis_.tree.size();
  if (wanted_ == StateDigests::none || only_at_the_end_) {
    digest_.skip(basis_.state);
  } else if (wanted_ != StateDigests::kept) {
    digests_.emplace(static_cast<std::int64_t>(events), digest_.update(basis_.state));
  } else if (events >= digest_due_) {
    digest_.update(basis_.state);
    digest_due_ = events + kEventsRemembered;
  }
}

codec::StateDigest Fold::take_digest(codec::Both const& both) {
  if (wanted_ != StateDigests::none) digest_.update(basis_.state, both);
  return std::move(digest_);
}

Result<void> Fold::check_checkpoint(domain::system::CheckpointSigned const& checkpoint,
                                    std::int64_t seq) {
  auto const key = merkle::parse_vkey(basis_.state.ledger.vkey);
  if (!key) return corrupt(seq, "the ledger's own verifier key cannot be read");
  auto const opened = merkle::open_checkpoint(checkpoint.note, *key);
  if (!opened) return corrupt(seq, "its checkpoint does not verify: " + opened.error().detail);
  auto& roots = basis_.recent_roots;
  auto const root = roots.find(checkpoint.size);
  if (root == roots.end() || opened->size != static_cast<std::uint64_t>(checkpoint.size))
    return corrupt(seq, "its checkpoint is of a size at which no frame ends");
  if (root->second != opened->root) return corrupt(seq, "its checkpoint is of another tree");
  roots.erase(roots.begin(), roots.upper_bound(checkpoint.size));
  ++checkpoints_;
  proven_ = proven_ || (confirmed_by_ && checkpoint.size > *confirmed_by_);
  return check_digest(checkpoint, seq);
}

Result<void> Fold::check_digest(domain::system::CheckpointSigned const& checkpoint,
                                std::int64_t seq) {
  bool const compared = wanted_ == StateDigests::first || wanted_ == StateDigests::all;
  if (!compared || checkpoint.size < begin_) return {};
  auto const at = digests_.find(checkpoint.size);
  if (at == digests_.end() || at->second.hex() != checkpoint.state_digest)
    return corrupt(seq,
                   "the state folded from the leaves is not the one that its checkpoint names");
  digests_.erase(digests_.begin(), digests_.upper_bound(checkpoint.size));
  if (!confirmed_by_) confirmed_by_ = seq;
  if (wanted_ == StateDigests::first) wanted_ = StateDigests::kept;
  return {};
}

Result<void> Fold::entry(codec::Entry const& entry, Watch const& watch) {
  domain::State& state = basis_.state;
  auto const seq = static_cast<std::int64_t>(basis_.tree.size());
  if (auto const format = format_in(entry.recorded.event).value_or(kFormat); format != kFormat)
    return refused(seq, "other_format", about_format(format));
  if (auto what = disorder(state, entry.recorded.header)) return corrupt(seq, *what);
  if (auto const* checkpoint = domain::checkpoint_in(entry.recorded.event))
    TRY_VOID(check_checkpoint(*checkpoint, seq));
  if (watch.before) watch.before(entry, state);
  basis_.tree.append(entry.leaf_hash);
  try {
    CheckTrap const trap;  // a log from outside may break what our own events never do
    domain::apply(state, entry.recorded.header, entry.recorded.event);
  } catch (BrokenAssumption const& broken) {
    return corrupt(seq, broken.what());
  }
  if (auto name = domain::violated_invariant(state, entry.recorded.header, entry.recorded.event))
    return corrupt(seq, fmt::format("violates {}", *name));
  if (watch.after) watch.after(entry, state);
  return {};
}

Result<void> Fold::frame(ReadFrame const& frame, Watch const& watch) {
  merkle::Tree const& tree = basis_.tree;
  if (frame.first_seq != tree.size())
    return corrupt(static_cast<std::int64_t>(tree.size()),
                   "the frame does not begin with the next event");
  for (codec::Entry const& one : frame.entries) TRY_VOID(entry(one, watch));
  if (frame.fault)
    return refused(static_cast<std::int64_t>(tree.size()), frame.fault->code, frame.fault->detail);
  Digest const root = tree.root();
  if (root != frame.root_after) {
    return corrupt(
        static_cast<std::int64_t>(frame.first_seq),
        fmt::format("the {} events of its frame do not hash to the root that the frame commits to",
                    frame.entries.size()));
  }
  basis_.recent_roots.emplace(static_cast<std::int64_t>(tree.size()), root);
  note_digest();
  return {};
}

}  // namespace tally::audit
