#include "cli/why_offline.h"

#include <set>

#include "audit/fold.h"
#include "audit/frames.h"
#include "cli/offline.h"
#include "domain/error/finding.h"
#include "domain/next_id.h"
#include "segments/verify.h"
#include "wire/endpoints.h"
#include "wire/idempotency_key.h"

namespace tally::cli {

namespace {

template <class Group, class E>
E const* event_in(domain::Recorded const& recorded) {
  auto const* group = std::get_if<Group>(&recorded.event);
  return group == nullptr ? nullptr : std::get_if<E>(group);
}

// Keeps the events that answer the question. A later use of an idempotency key, by another tenant,
// for another route or after its end, takes the place of an earlier one, which is only named.
class Collector {
 public:
  explicit Collector(views::WhySubject const& subject) : subject_(subject) {}

  void take(domain::Recorded const& recorded) {
    if (auto const* name = std::get_if<views::IdempotencyName>(&subject_))
      find_key(*name, recorded);
    if (auto const* error = std::get_if<ErrorId>(&subject_)) find_error(*error, recorded);
    if (is_wanted(recorded)) events_.push_back(recorded);
  }
  std::vector<domain::Recorded> const& events() const { return events_; }
  // That an idempotency key led to, or that an error is about.
  std::optional<RunId> run() const { return run_; }
  // The earlier uses of an idempotency key.
  std::span<DecisionId const> others() const {
    return std::span(uses_).first(uses_.empty() ? 0 : uses_.size() - 1);
  }

 private:
  // Whose key it is, its event does not say: the caller's tenant may grant to another one.
  void find_key(views::IdempotencyName const& name, domain::Recorded const& recorded) {
    using domain::directory::TenantCreated;
    if (auto const* made = event_in<domain::directory::Events, TenantCreated>(recorded))
      for (std::string const& route : wire::keyed_routes())
        digests_.insert(wire::idempotency_digest(made->tenant, route, name.key));
    domain::Header const& header = recorded.header;
    if (!header.idempotency || !digests_.contains(header.idempotency->key)) return;
    if (header.decision && (uses_.empty() || uses_.back() != *header.decision))
      uses_.push_back(*header.decision);
    events_.clear();
    run_ = domain::begins_a_run(recorded.event) ? header.run : std::nullopt;
    if (!run_) events_.push_back(recorded);
  }
  void find_error(ErrorId error, domain::Recorded const& recorded) {
    using domain::system::Opened;
    if (auto const* opened = event_in<domain::system::Events, Opened>(recorded))
      error_seq_ = domain::error_seq(opened->id_key, error);
    if (recorded.header.seq != error_seq_) return;
    auto const finding = domain::error::finding_of(recorded.event);
    if (!finding) return;
    run_ = recorded.header.run ? recorded.header.run : finding->run;
    events_.push_back(recorded);
  }
  bool is_wanted(domain::Recorded const& recorded) const {
    domain::Header const& header = recorded.header;
    if (auto const* key = std::get_if<KeyId>(&subject_))
      return domain::key_in(recorded.event) == *key;
    if (std::holds_alternative<ErrorId>(subject_)) return false;
    if (auto const* run = std::get_if<RunId>(&subject_)) return header.run == *run;
    if (auto const* one = std::get_if<DecisionId>(&subject_)) return header.decision == *one;
    if (auto const* one = std::get_if<CorrelationId>(&subject_)) return header.correlation == *one;
    return run_ && header.run == run_;
  }

  views::WhySubject const& subject_;
  std::set<Digest> digests_;  // under which the idempotency key may stand
  std::optional<std::int64_t> error_seq_;
  std::optional<RunId> run_;
  std::vector<domain::Recorded> events_;
  std::vector<DecisionId> uses_;  // of an idempotency key; the last is the one that is told
};

Result<wire::Why> read_why(Call& call, Ledger const& ledger, views::WhySubject const& subject) {
  audit::Fold fold;
  Collector collector(subject);
  Progress progress(call, "read");
  audit::Watch const watch{.after = [&](codec::Entry const& entry, domain::State const&) {
    progress.at(static_cast<std::uint64_t>(entry.recorded.header.seq));
    collector.take(entry.recorded);
  }};
  auto const visit = [&](ports::FrameView const& view) -> Result<void> {
    return fold.frame(audit::read_frame(view), watch);
  };
  TRY(checked, segments::check_frames(*ledger.disk, visit, 0, ledger.beside));
  // A fold names the event itself, in a frame that began before it.
  if (!checked.sound())
    return fail("corrupt", fold.bad_seq() ? checked.damage->what : checked.damage->text());
  domain::State const& state = fold.state();
  if (auto const* id = std::get_if<KeyId>(&subject)) {
    auto const* key = state.keys.find(*id);
    auto const* owner = key == nullptr ? nullptr : state.people.find(key->person);
    if (owner == nullptr) return fail("not_found", "the ledger has no such key");
    return views::why_view({.subject = subject, .events = collector.events(), .data = call.data},
                           *key, *owner, state.ledger.at);
  }
  // The events before an error are read again: only now it is known whose they are.
  if (std::holds_alternative<ErrorId>(subject) && collector.run()) {
    TRY(why, read_why(call, ledger, *collector.run()));
    why.subject = views::to_text(subject);
    why.kind = views::kind_of(subject);
    return why;
  }
  if (collector.events().empty())
    return fail("not_found",
                "the ledger has nothing of this name; a refusal other than 402 is "
                "counted and leaves nothing else");
  auto why = views::why_view(
      {.subject = subject,
       .events = collector.events(),
       .truncated = false,
       .mode_of = [&](domain::mode::Scope const& scope) { return state.modes.find(scope); },
       .data = call.data});
  why.asked += views::other_answers(collector.others());
  return why;
}

}  // namespace

Result<wire::Why> why_offline(Call& call, Ledger& ledger, views::WhySubject const& subject) {
  auto why = read_why(call, ledger, subject);
  bool const damaged = !why && why.error().code == "corrupt";
  return damaged && was_taken_up(ledger) ? read_why(call, ledger, subject) : why;
}

}  // namespace tally::cli
