#include "audit/verify.h"

#include <fmt/format.h>

#include <charconv>

#include "audit/books.h"
#include "audit/frames.h"
#include "segments/verify.h"

namespace tally::audit {

namespace {

constexpr std::uint64_t kProgressEvery = 8'192;  // events

// Everything that is checked on top of the frames' own checksums.
class Checker {
 public:
  explicit Checker(Basis basis) : books_(basis.state), fold_(std::move(basis), StateDigests::all) {}
  Result<void> frame(segments::FrameView const& view) {
    auto checked =
        fold_.frame(read_frame(view), [&](codec::Entry const& entry, domain::State const&) {
          if (fault_) return;
          if (auto entered = books_.enter(entry); !entered) fault(entry, entered.error().detail);
          check_snapshot(entry.recorded);
        });
    if (!checked) return checked;
    if (fault_) return fail("corrupt", *fault_);
    return {};
  }
  Result<void> end() { return books_.compare(fold_.state()); }
  Fold& fold() { return fold_; }

 private:
  void fault(codec::Entry const& entry, std::string_view what) {
    fault_ = fmt::format("event {}: {}", entry.recorded.header.seq, what);
  }

  // Every decision can be replayed: its first event carries what it was made on.
  void check_snapshot(domain::Recorded const& recorded) {
    bool const first = recorded.header.decision != decision_;
    decision_ = recorded.header.decision;
    if (first && !recorded.snapshot && !fault_)
      fault_ = fmt::format("event {}: begins a decision and carries no snapshot of it",
                           recorded.header.seq);
  }

  Books books_;
  Fold fold_;
  std::optional<DecisionId> decision_;  // of the event before
  std::optional<std::string> fault_;
};

// "event 12: what" -> 12.
std::optional<std::uint64_t> seq_in(std::string_view detail) {
  constexpr std::string_view kEvent = "event ";
  auto const at = detail.find(kEvent);
  if (at == std::string_view::npos) return std::nullopt;
  std::uint64_t seq = 0;
  auto rest = detail.substr(at + kEvent.size());
  auto const [end, fault] = std::from_chars(rest.data(), rest.data() + rest.size(), seq);
  if (fault != std::errc{}) return std::nullopt;
  return seq;
}

void condemn(Report& report, std::uint64_t seq, std::string what) {
  report.ok = false;
  report.bad_seq = seq_in(what).value_or(seq);
  report.what = std::move(what);
}

Result<Report> verify_once(ports::Disk& disk, Asked const& asked) {
  Basis basis;
  if (asked.from) {
    TRY(from, asked.from());
    basis = std::move(from);
  }
  std::uint64_t const begin = basis.tree.size();
  Checker checker(std::move(basis));
  std::uint64_t reported = 0;
  bool stopped = false;
  auto const visit = [&](segments::FrameView const& view) -> Result<void> {
    if (asked.until && view.header.first_seq >= *asked.until)
      return fail("enough", "nobody asked for this frame");
    if (view.header.first_seq < begin) return {};
    TRY_VOID(checker.frame(view));
    std::uint64_t const done = view.header.next_seq();
    if (done == asked.keep_at && asked.keep) asked.keep(checker.fold().basis());
    if (!asked.progress || done < reported + kProgressEvery) return {};
    reported = done;
    stopped = asked.progress(done) == Go::stop;
    if (stopped) return fail("stopped", "the check was given up");
    return {};
  };
  TRY(frames, segments::check_frames(disk, visit, begin));
  if (stopped) return fail("stopped", "the check was given up");
  if (asked.until && frames.damage && frames.damage->seq >= *asked.until) frames.damage.reset();
  Report report;
  report.ok = frames.sound();
  report.events = frames.verified.next_seq;
  report.frames = frames.frames;
  report.checkpoints = static_cast<std::uint64_t>(checker.fold().checkpoints());
  report.root = frames.verified.root;
  report.origin = checker.fold().state().ledger.origin;
  report.vkey = checker.fold().state().ledger.vkey;
  report.torn_tail = frames.damage && frames.damage->kind == segments::DamageKind::torn;
  if (!frames.sound()) condemn(report, frames.damage->seq, frames.damage->text());
  if (!report.ok) return report;
  if (auto books = checker.end(); !books) condemn(report, report.events, books.error().detail);
  if (report.ok && asked.vkey && *asked.vkey != report.vkey)
    condemn(report, 0, "the ledger was written under another key: " + report.vkey);
  return report;
}

}  // namespace

// A server may be writing the last frames while they are read: a frame that was not there yet looks
// missing beside the one after it. What is damaged stays so; what was under way is whole when it is
// read again, or the fault has moved on with it.
Result<Report> verify(ports::Disk& disk, Asked const& asked) {
  constexpr int kReadingsMax = 5;
  auto report = verify_once(disk, asked);
  for (int reading = 1; report && !report->ok && reading < kReadingsMax; ++reading) {
    auto again = verify_once(disk, asked);
    bool const same = again && !again->ok && again->bad_seq == report->bad_seq;
    report = std::move(again);
    if (same) break;
  }
  return report;
}

}  // namespace tally::audit
