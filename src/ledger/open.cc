#include "ledger/open.h"

#include <fmt/format.h>

#include "audit/frames.h"

namespace tally::ledger {

namespace {

// The snapshots, newest first, as long as a start wants another one.
class Candidates {
 public:
  explicit Candidates(Snapshots const& snapshots) : snapshots_(snapshots) {
    auto sizes = snapshots.sizes();
    if (sizes)
      sizes_ = std::move(*sizes);
    else
      left_aside.push_back(sizes.error());
  }
  // The next one that can be loaded; after the last one a basis of no events.
  audit::Basis next() {
    while (next_ < sizes_.size()) {
      auto loaded = snapshots_.load(sizes_[next_++]);
      if (loaded) return std::move(*loaded);
      left_aside.push_back(loaded.error());
    }
    return {};
  }
  std::vector<Error> left_aside;

 private:
  Snapshots const& snapshots_;
  std::vector<std::uint64_t> sizes_;
  std::size_t next_ = 0;
};

Result<segments::SegmentLog::Opened> open_log(OpenWorld const& world,
                                              segments::LogOptions const& options, LedgerId fresh) {
  auto opened = segments::SegmentLog::open(world.disk, std::nullopt, options, world.salt);
  if (opened || opened.error().code != "ledger_absent") return opened;
  if (options.trusted_seq == 0)
    return segments::SegmentLog::create(world.disk, fresh, options, world.salt);
  return fail("ledger_rolled_back",
              fmt::format("there is no ledger, and a snapshot of one with {} events: restore it "
                          "from a copy",
                          options.trusted_seq));
}

// Of the events at the end the index keeps the events themselves.
void index_entry(Index& index, codec::Entry& entry, std::int64_t end) {
  std::int64_t const seq = entry.recorded.header.seq;
  if (seq < index.size()) return;
  if (end - seq > static_cast<std::int64_t>(kRecentEventsMax))
    index.note(entry.recorded);
  else
    index.add(std::make_shared<Entry>(std::move(entry)));
}

// Indexes what the index lacks, and folds what is behind the basis.
Result<void> fold(segments::SegmentLog const& log, audit::Fold& fold, OpenWorld const& world) {
  auto const end = static_cast<std::int64_t>(log.next_seq());
  std::uint64_t const begin = fold.tree().size();
  auto const index = [&](codec::Entry& entry, domain::State const&) {
    index_entry(world.index, entry, end);
  };
  audit::FoldAhead ahead(fold, index, world.helper);
  auto const visit = [&](segments::FrameView const& view) -> Result<void> {
    if (view.header.first_seq >= begin) return ahead.frame(view);
    auto read = audit::read_frame(audit::to_log_frame(view));
    if (read.fault) return tl::unexpected<Error>(*read.fault);
    for (codec::Entry& entry : read.entries) index_entry(world.index, entry, end);
    return {};
  };
  TRY_VOID(log.scan(std::min(begin, static_cast<std::uint64_t>(world.index.size())), visit));
  TRY_VOID(ahead.finish());
  if (begin == 0 || fold.proven()) return {};
  return fail("unproven", "no checkpoint behind the snapshot confirms its state");
}

}  // namespace

Result<Opened> open(OpenWorld world, segments::LogOptions options, LedgerId fresh) {
  Candidates candidates(world.snapshots);
  audit::Basis basis = candidates.next();
  options.trusted_seq = basis.tree.size();
  TRY(log, open_log(world, options, fresh));
  for (;;) {
    std::uint64_t const begin = basis.tree.size();
    audit::Fold folding(std::move(basis),
                        begin == 0 ? audit::StateDigests::none : audit::StateDigests::first);
    if (auto folded = fold(*log.log, folding, world); folded) {
      auto digest = folding.take_digest();
      auto reached = folding.take_basis();
      return Opened{.log = std::move(log.log),
                    .state = std::move(reached.state),
                    .tree = std::move(reached.tree),
                    .digest = std::move(digest),
                    .fresh = reached.tree.size() == 0,
                    .tail_cut_bytes = log.torn ? log.torn->bytes : 0,
                    .folded_from = begin,
                    .left_aside = std::move(candidates.left_aside)};
    } else if (begin == 0) {
      return tl::unexpected<Error>(folded.error());
    } else {
      candidates.left_aside.push_back(folded.error());
    }
    world.index.clear();
    basis = candidates.next();
  }
}

}  // namespace tally::ledger
