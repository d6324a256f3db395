#include "audit/verify.h"

#include <fmt/format.h>

#include <algorithm>

#include "audit/books.h"
#include "audit/enclosures.h"
#include "audit/facts.h"
#include "audit/frames.h"
#include "domain/each_document.h"
#include "merkle/checkpoint.h"
#include "segments/segment_header.h"
#include "segments/verify.h"

namespace tally::audit {

namespace {

constexpr std::uint64_t kProgressEvery = 8'192;  // events

struct Fault {
  std::uint64_t seq = 0;
  std::string what;
};

// The event is told by its number, which a fold puts in front of its reasons.
std::string without_event(std::string what, std::uint64_t seq) {
  std::string const number = fmt::format("event {}: ", seq);
  if (what.starts_with(number)) what.erase(0, number.size());
  return what;
}

// Everything that is checked on top of the frames' own checksums.
class Checker {
 public:
  // `root_at`: of so many events the root is kept.
  Checker(Basis basis, ports::Blobs const* blobs, std::optional<std::uint64_t> root_at)
      : books_(basis.state),
        fold_(std::move(basis), StateDigests::all),
        blobs_(blobs),
        root_at_(root_at) {}
  Result<void> frame(ports::FrameView const& view) {
    auto checked = fold_.frame(read_frame(view), watch_);
    if (!checked) {
      auto const seq = static_cast<std::uint64_t>(fold_.bad_seq().value_or(0));
      fault_ = Fault{seq, without_event(checked.error().detail, seq)};
      return checked;
    }
    if (!fault_) return {};
    return fail("corrupt", fmt::format("event {}: {}", fault_->seq, fault_->what));
  }
  Result<void> end() { return books_.compare(fold_.state()); }
  Fold& fold() { return fold_; }
  // Of the frame that was refused, if one was.
  std::optional<Fault> const& fault() const { return fault_; }
  std::optional<Digest> const& kept_root() const { return kept_root_; }
  std::vector<ContentRef> take_blobs() {
    std::ranges::sort(named_);
    named_.erase(std::unique(named_.begin(), named_.end()), named_.end());
    return std::move(named_);
  }

 private:
  void fault(codec::Entry const& entry, std::string what) {
    if (!fault_)
      fault_ = Fault{static_cast<std::uint64_t>(entry.recorded.header.seq), std::move(what)};
  }

  void before(codec::Entry const& entry, domain::State const& state) {
    if (auto const* group = std::get_if<domain::system::Events>(&entry.recorded.event))
      if (auto const* started = std::get_if<domain::system::ServerStarted>(group))
        engines_ = started->engines;
    bool const first = entry.recorded.header.decision != decision_;
    decision_ = entry.recorded.header.decision;
    if (first || entry.recorded.snapshot) check_snapshot(entry, state);
  }

  // Every decision can be replayed: its first event carries what it was made on, and that was so.
  void check_snapshot(codec::Entry const& entry, domain::State const& state) {
    if (entry.recorded.foreign) return check_engine(entry, entry.recorded.foreign->engine);
    if (!entry.recorded.snapshot)
      return fault(entry, "begins a decision and carries no snapshot of it");
    auto const differences = false_facts(state, entry.recorded);
    if (differences.empty()) return;
    Difference const& one = differences.front();
    fault(entry,
          fmt::format("its decision was not made on what was true: {} is recorded as {}, and "
                      "the events before it say {}",
                      one.pointer, one.recorded, one.replayed));
  }

  // What it decided on is for a build that has its engine; that the server had it is for all.
  void check_engine(codec::Entry const& entry, std::string const& engine) {
    if (!engines_ || std::ranges::find(*engines_, engine) != engines_->end()) return;
    fault(entry, fmt::format("is said to be decided by {}, which the server did not have when it "
                             "started",
                             engine));
  }

  void after(codec::Entry const& entry) {
    if (fold_.tree().size() == root_at_) kept_root_ = fold_.tree().root();
    if (auto entered = books_.enter(entry); !entered) fault(entry, entered.error().detail);
    if (auto wrong = wrong_enclosure(entry, blobs_)) fault(entry, std::move(*wrong));
    domain::each_document(entry.recorded.event, [this](domain::Document const& document) {
      if (document.blob) named_.push_back(*document.blob);
    });
  }

  std::optional<std::vector<std::string>> engines_;  // of the server that wrote; none: not seen yet
  Books books_;
  Fold fold_;
  ports::Blobs const* blobs_;
  std::optional<std::uint64_t> root_at_;
  std::optional<Digest> kept_root_;
  std::optional<DecisionId> decision_;  // of the event before
  std::optional<Fault> fault_;
  std::vector<ContentRef> named_;
  Watch watch_{.before = [this](codec::Entry const& entry,
                                domain::State const& state) { before(entry, state); },
               .after = [this](codec::Entry const& entry, domain::State const&) { after(entry); }};
};

void condemn(Report& report, std::uint64_t seq, std::string what) {
  report.ok = false;
  report.bad_seq = seq;
  report.what = std::move(what);
}

// What a caller holds against the ledger: a note that nobody has checked yet.
Result<merkle::Checkpoint> read_known(std::string const& text) {
  TRY(note, merkle::parse_note(text));
  return merkle::parse_checkpoint(note.text);
}

void compare_with_known(Report& report, VerifyOptions const& asked, merkle::Checkpoint const& known,
                        std::optional<Digest> const& root) {
  auto const key = merkle::parse_vkey(asked.vkey.value_or(report.vkey));
  auto const opened = key ? merkle::open_checkpoint(*asked.known, *key)
                          : Result<merkle::Checkpoint>(tl::unexpected<Error>(key.error()));
  if (!opened)
    return condemn(report, 0,
                   "the known checkpoint is not one of this ledger: " + opened.error().detail);
  if (known.size > report.events)
    return condemn(report, report.events,
                   fmt::format("the ledger ends after {} events; a checkpoint of {} is known",
                               report.events, known.size));
  Digest const found = known.size == 0 ? segments::empty_log().root : root.value_or(Digest{});
  if (found != known.root)
    condemn(report, 0,
            fmt::format("the first {} events are not those of the known checkpoint: their root is "
                        "{}, and not {}",
                        known.size, found.hex(), known.root.hex()));
}

// How far a reading came, and why no further.
Report report_of(segments::Verification const& frames, Checker& checker) {
  Report report;
  report.ok = frames.sound();
  report.events = frames.verified.next_seq;
  report.frames = frames.frames;
  report.checkpoints = static_cast<std::uint64_t>(checker.fold().checkpoints());
  report.root = frames.verified.root;
  report.origin = checker.fold().state().ledger.origin;
  report.vkey = checker.fold().state().ledger.vkey;
  report.torn_tail = frames.damage && frames.damage->harmless();
  report.blobs = checker.take_blobs();
  if (report.ok) return report;
  // The place is that of the frame; of its events one is at fault, and only that one is named.
  Fault const at_fault = checker.fault().value_or(Fault{frames.damage->seq, frames.damage->what});
  condemn(report, at_fault.seq,
          fmt::format("{} ({}, byte {})", at_fault.what,
                      segments::segment_name(frames.damage->segment), frames.damage->offset));
  return report;
}

}  // namespace

Result<Report> verify(ports::Disk& disk, VerifyOptions const& asked) {
  Basis basis;
  if (asked.from) {
    TRY(from, asked.from());
    basis = std::move(from);
  }
  std::optional<merkle::Checkpoint> known;
  if (asked.known) {
    TRY(read, read_known(*asked.known));
    known = std::move(read);
  }
  std::uint64_t const begin = basis.tree.size();
  Checker checker(std::move(basis), asked.blobs, known ? std::optional(known->size) : std::nullopt);
  std::uint64_t reported = 0;
  bool stopped = false;
  auto const visit = [&](ports::FrameView const& view) -> Result<void> {
    if (asked.until && view.first_seq >= *asked.until)
      return fail("enough", "nobody asked for this frame");
    if (view.first_seq < begin) return {};
    TRY_VOID(checker.frame(view));
    std::uint64_t const done = view.next_seq();
    if (done == asked.keep_at && asked.keep) asked.keep(checker.fold().basis());
    if (!asked.progress || done < reported + kProgressEvery) return {};
    reported = done;
    stopped = asked.progress(done) == Go::stop;
    if (stopped) return fail("stopped", "the check was given up");
    return {};
  };
  TRY(frames, segments::check_frames(disk, visit, begin, asked.beside));
  if (stopped) return fail("stopped", "the check was given up");
  if (asked.until && frames.damage && frames.damage->seq >= *asked.until) frames.damage.reset();
  Report report = report_of(frames, checker);
  report.begin = begin;
  if (!report.ok) return report;
  if (auto books = checker.end(); !books) condemn(report, report.events, books.error().detail);
  if (report.ok && asked.vkey && *asked.vkey != report.vkey)
    condemn(report, 0, "the ledger was written under another key: " + report.vkey);
  if (report.ok && known) compare_with_known(report, asked, *known, checker.kept_root());
  return report;
}

}  // namespace tally::audit
