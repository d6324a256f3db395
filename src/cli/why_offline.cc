#include "cli/why_offline.h"

#include "audit/fold.h"
#include "audit/frames.h"
#include "cli/offline.h"
#include "segments/verify.h"
#include "wire/idempotency_key.h"

namespace tally::cli {

namespace {

// Keeps the events that answer the question. A later use of an idempotency key, by another tenant
// or after its end, takes the place of an earlier one.
class Collector {
 public:
  explicit Collector(views::WhySubject const& subject) : subject_(subject) {}

  void take(domain::Recorded const& recorded) {
    if (auto const* name = std::get_if<views::IdempotencyName>(&subject_))
      find_key(*name, recorded);
    if (is_wanted(recorded.header)) events_.push_back(recorded);
  }
  std::vector<domain::Recorded> const& events() const { return events_; }

 private:
  void find_key(views::IdempotencyName const& name, domain::Recorded const& recorded) {
    domain::Header const& header = recorded.header;
    if (!header.idempotency || !header.tenant) return;
    if (header.idempotency->key !=
        wire::idempotency_digest(*header.tenant, wire::kSubmitRoute, name.key))
      return;
    events_.clear();
    run_ = domain::begins_a_run(recorded.event) ? header.run : std::nullopt;
    if (!run_) events_.push_back(recorded);
  }
  bool is_wanted(domain::Header const& header) const {
    if (auto const* run = std::get_if<RunId>(&subject_)) return header.run == *run;
    if (auto const* one = std::get_if<DecisionId>(&subject_)) return header.decision == *one;
    if (auto const* one = std::get_if<CorrelationId>(&subject_)) return header.correlation == *one;
    return run_ && header.run == run_;
  }

  views::WhySubject const& subject_;
  std::optional<RunId> run_;  // that the idempotency key led to
  std::vector<domain::Recorded> events_;
};

Result<wire::Why> read_why(Call& call, Ledger const& ledger, views::WhySubject const& subject) {
  audit::Fold fold;
  Collector collector(subject);
  Progress progress(call, "read");
  audit::Watch const watch{.after = [&](codec::Entry const& entry, domain::State const&) {
    progress.at(static_cast<std::uint64_t>(entry.recorded.header.seq));
    collector.take(entry.recorded);
  }};
  auto const visit = [&](segments::FrameView const& view) -> Result<void> {
    return fold.frame(audit::read_frame(view), watch);
  };
  TRY(checked, segments::check_frames(*ledger.disk, visit, 0, ledger.beside));
  if (!checked.sound()) return fail("corrupt", checked.damage->text());
  domain::State const& state = fold.state();
  if (auto const* id = std::get_if<KeyId>(&subject)) {
    auto const* key = state.keys.find(*id);
    if (key == nullptr) return fail("not_found", "the ledger has no such key");
    return views::why_view(*id, *key, call.data);
  }
  if (collector.events().empty())
    return fail("not_found",
                "the ledger has nothing of this name; a refusal other than 402 is "
                "counted and leaves nothing else");
  return views::why_view(
      {.subject = subject,
       .events = collector.events(),
       .truncated = false,
       .mode_of = [&](domain::mode::Scope const& scope) { return state.modes.find(scope); },
       .data = call.data});
}

}  // namespace

Result<wire::Why> why_offline(Call& call, Ledger& ledger, views::WhySubject const& subject) {
  auto why = read_why(call, ledger, subject);
  bool const damaged = !why && why.error().code == "corrupt";
  return damaged && was_taken_up(ledger) ? read_why(call, ledger, subject) : why;
}

}  // namespace tally::cli
