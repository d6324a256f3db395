// The oracle's reading of the ledger.

#include <fmt/format.h>

#include <algorithm>

#include "audit/fold.h"
#include "audit/frames.h"
#include "audit/replay.h"
#include "audit/verify.h"
#include "codec/event_codec.h"
#include "domain/error/finding.h"
#include "domain/system_tenant.h"
#include "ledger/attest.h"
#include "merkle/tree.h"
#include "segments/verify.h"
#include "sim/oracle.h"

namespace tally::sim {

void Oracle::read_ledger(ports::Disk& disk) {
  std::int64_t seq = 0;
  std::int64_t const known = model_.size();
  auto read = segments::check_frames(disk, [&](ports::FrameView const& view) -> Result<void> {
    for (auto const& record : view.records) {
      if (auto const* before = seq < known ? model_.at(seq) : nullptr) {
        verdicts_.require(std::ranges::equal(before->leaf, record.leaf),
                          "history is never rewritten", fmt::format("event {}", seq));
      } else {
        auto decoded = codec::decode(record.leaf);
        if (!decoded) return tl::unexpected<Error>(decoded.error());
        model_.add({.recorded = std::move(*decoded),
                    .leaf_hash = merkle::leaf_hash(record.leaf),
                    .leaf = {record.leaf.begin(), record.leaf.end()},
                    .enclosure = {record.enclosure.begin(), record.enclosure.end()}});
      }
      ++seq;
    }
    return {};
  });
  if (!read) return verdicts_.broken("the ledger cannot be read: " + read.error().detail);
  if (!read->sound()) return verdicts_.broken("the ledger is damaged: " + read->damage->text());
  verdicts_.require(seq >= known, "what was durable stays",
                    fmt::format("{} events, {} before", seq, known));
  root_ = read->verified.root;
  check_promises();
}

void Oracle::check_promises() {
  for (auto const& [key, told] : told_) check_submit(key, told);
  check_keys_answered_once();
  check_budgets_seen();
  check_final_runs_seen();
  for (auto const& [tenant, promised] : granted_) {
    auto const at = model_.tenants().find(tenant);
    Micros const granted = at == model_.tenants().end() ? Micros(0) : at->second.now.granted;
    verdicts_.require(promised.acknowledged <= granted && granted <= promised.delivered,
                      "granted is what was acknowledged, or also what may have arrived",
                      fmt::format("{}: {} of {} to {}", tenant.value(), granted.value(),
                                  promised.acknowledged.value(), promised.delivered.value()));
  }
  for (ErrorsSeen const& seen : std::exchange(errors_seen_, {})) check_errors(seen);
  for (KeyId const key : keys_)
    verdicts_.require(model_.keys().contains(key), "an acknowledged key exists", to_text(key));
  for (KeyId const key : revoked_)
    verdicts_.require(model_.revoked().contains(key), "an acknowledged revocation stands",
                      to_text(key));
}

void Oracle::check_submit(std::pair<TenantId, std::string> const& key, Told const& told) {
  auto const* entry = model_.at(told.seq);
  auto const about = fmt::format("{}/{} seq {}", key.first.value(), key.second, told.seq);
  if (entry == nullptr) return verdicts_.broken("an acknowledged answer is lost: " + about);
  verdicts_.require(entry->leaf_hash.hex() == told.leaf, "evidence names the leaf it named", about);
  auto const* group = std::get_if<domain::run::Events>(&entry->recorded.event);
  if (group == nullptr) return verdicts_.broken("evidence is another event: " + about);
  if (told.status == 402) {
    verdicts_.require(std::holds_alternative<domain::run::Refused>(*group),
                      "a refusal for money is recorded", about);
  } else {
    auto const* submitted = std::get_if<domain::run::Submitted>(group);
    verdicts_.require(submitted != nullptr && submitted->run == told.run,
                      "an acknowledged run is recorded", about);
  }
}

void Oracle::check_keys_answered_once() {
  for (auto const& [key, seqs] : model_.by_key())
    verdicts_.require(
        seqs.size() == 1, "one key has one outcome in the ledger",
        fmt::format("key {} at {} and {}", key.hex().substr(0, 8), seqs.front(), seqs.back()));
}

// A budget that somebody saw was true at some moment not before what they knew already.
void Oracle::check_budgets_seen() {
  std::erase_if(budgets_, [this](BudgetSeen const& seen) {
    auto const at = model_.tenants().find(seen.tenant);
    bool found = false;
    if (at != model_.tenants().end()) {
      auto const& past = at->second.past;
      for (std::size_t i = 0; i < past.size() && !found; ++i) {
        bool const outdated = i + 1 < past.size() && past[i + 1].first <= seen.floor;
        found = !outdated && past[i].second == seen.story;
      }
      found = found || (past.empty() && seen.story == BudgetStory{});
    }
    verdicts_.require(found, "a budget that was shown was true",
                      fmt::format("{} floor {}: {} {} {}", seen.tenant.value(), seen.floor,
                                  seen.story.available.value(), seen.story.held.value(),
                                  seen.story.spent.value()));
    return true;
  });
}

void Oracle::check_final_runs_seen() {
  for (auto const& [run, statuses] : statuses_) {
    auto const* story = model_.run(run);
    if (story == nullptr) {
      verdicts_.broken("a run that was shown is lost: " + to_text(run));
      continue;
    }
    for (auto const& status : statuses)
      verdicts_.require(story->statuses.contains(status), "a status that was shown was true",
                        to_text(run) + " " + status);
  }
  for (auto const& [run, answer] : final_) {
    auto const* story = model_.run(run);
    if (story == nullptr || !story->charge) continue;
    verdicts_.require(answer.usd({"receipt", "charged_usd"}) == story->charge->charged &&
                          answer.usd({"receipt", "released_usd"}) == story->charge->released,
                      "a receipt that was shown is the one recorded", to_text(run));
  }
  for (auto const& [run, fence] : completed_) {
    auto const* story = model_.run(run);
    verdicts_.require(story != nullptr && story->fence == fence &&
                          (domain::run::is_final(story->phase) ||
                           story->phase == domain::run::Phase::audit_required),
                      "an acknowledged completion ended its run", to_text(run));
  }
}

namespace {

constexpr std::size_t kErrorsAPage = 7;

// In small pages, so that cursors are followed.
std::vector<std::int64_t> all_pages(projections::ErrorIndex const& index,
                                    projections::ErrorQuery query) {
  std::vector<std::int64_t> all;
  query.limit = kErrorsAPage;
  for (bool more = true; more;) {
    auto const page = index.find(query);
    all.insert(all.end(), page.seqs.begin(), page.seqs.end());
    query.before = page.next;
    more = page.next.has_value();
  }
  return all;
}

}  // namespace

void Oracle::saw_errors(wiring::ErrorMemory& memory) {
  ErrorsSeen seen;
  seen.events = memory.projector().standing().events;
  for (ErrorClass const one : all_of(ErrorClass{}))
    for (auto const seq : all_pages(memory.index(), {.error_class = one}))
      seen.by_class.emplace(seq, one);
  for (auto const& [tenant, story] : model_.tenants()) {
    auto const found = all_pages(memory.index(), {.tenant = tenant});
    seen.by_tenant[tenant] = {found.begin(), found.end()};
  }
  errors_seen_.push_back(std::move(seen));
}

// Event by event, as nobody would do it who has a million of them.
void Oracle::check_errors(ErrorsSeen const& seen) {
  if (seen.events > model_.size()) return;  // a disk that lied has lost some; it is said elsewhere
  std::map<std::int64_t, ErrorClass> by_class;
  std::map<TenantId, std::set<std::int64_t>> by_tenant;
  for (auto const& [tenant, found] : seen.by_tenant) by_tenant[tenant];
  for (std::int64_t seq = 0; seq < seen.events; ++seq) {
    domain::Recorded const& recorded = model_.at(seq)->recorded;
    auto const finding = domain::error::finding_of(recorded.event);
    if (!finding) continue;
    by_class.emplace(seq, finding->error_class);
    auto const& tenant = finding->subject ? finding->subject : recorded.header.tenant;
    if (tenant && by_tenant.contains(*tenant)) by_tenant[*tenant].insert(seq);
  }
  verdicts_.require(
      by_class == seen.by_class && by_tenant == seen.by_tenant,
      "the index of errors holds what the ledger says",
      fmt::format("{} of {} among {} events", seen.by_class.size(), by_class.size(), seen.events));
}

void Oracle::check_executions() {
  for (auto const& [key, execution] : executions_) {
    auto const about = fmt::format("{} fence {}", to_text(key.first), key.second);
    verdicts_.require(execution.touched == 1, "an execution touches the world once", about);
    auto const* story = model_.run(key.first);
    verdicts_.require(
        story != nullptr && story->started.contains(static_cast<std::int64_t>(key.second)),
        "a start is durable before the world is touched", about);
  }
}

void Oracle::conclude(ports::Disk& disk, SimBlobs& blobs) {
  read_ledger(disk);
  check_executions();
  // What recurs may have begun again just before the end.
  for (auto const& [run, story] : model_.runs())
    verdicts_.require(domain::run::is_final(story.phase) ||
                          story.phase == domain::run::Phase::audit_required ||
                          domain::is_system(story.tenant),
                      "in the end every run has ended or waits for an audit", to_text(run));
  check_fold(disk);
  check_verify(disk, blobs);
}

// The fold once more, comparing the state with every signed digest and with the naive books.
void Oracle::check_fold(ports::Disk& disk) {
  audit::Fold fold({}, audit::StateDigests::all);
  auto const read = segments::check_frames(
      disk, [&](ports::FrameView const& view) { return fold.frame(audit::read_frame(view)); });
  if (!read || !read->sound()) return verdicts_.broken("the ledger does not fold");
  check_state(fold.state());
}

void Oracle::check_state(domain::State const& state) {
  using enum domain::AccountKind;
  for (auto const& [tenant, row] : state.tenants.in_order()) {
    BudgetStory const folded{.granted = row.balances.credits(),
                             .available = row.balances.of(available),
                             .held = row.balances.of(held),
                             .spent = row.balances.of(spent),
                             .overrun = row.balances.of(overrun)};
    auto const at = model_.tenants().find(tenant);
    verdicts_.require(folded == (at == model_.tenants().end() ? BudgetStory{} : at->second.now),
                      "the books equal the budgets", tenant.value());
  }
  for (auto const& [run, row] : state.runs.in_order()) {
    auto const* story = model_.run(run);
    verdicts_.require(story != nullptr && story->phase == row.phase && story->fence == row.fence,
                      "the folded run is the run of the story", to_text(run));
  }
}

// Every blob that an event names is there, byte for byte; and no other one is, once nothing is on
// its way any more.
void Oracle::check_verify(ports::Disk& disk, SimBlobs& blobs) {
  auto const report = audit::verify(disk, {.blobs = &blobs});
  if (!report) return verdicts_.broken("verify failed: " + report.error().detail);
  (void)ledger::collect_documents(*report, blobs, blobs.now() + microseconds(1),
                                  [] { return true; });
  verdicts_.require(blobs.size() == report->blobs.size(), "no blob is left that no event names",
                    fmt::format("{} are named, {} are there", report->blobs.size(), blobs.size()));
  verdicts_.require(report->ok, "verify is satisfied",
                    fmt::format("event {}: {}", report->bad_seq.value_or(0), report->what));
  verdicts_.require(report->events == static_cast<std::uint64_t>(model_.size()),
                    "verify sees every event", std::to_string(report->events));
  auto const replayed = audit::replay(disk, {}, [this](audit::Replayed const& one) {
    if (one.verdict == audit::ReplayVerdict::same) return;
    verdicts_.broken(fmt::format("decision at {} ({}) is {} on replay: {} {}", one.seq, one.command,
                                 audit::name_of(one.verdict), one.reason,
                                 one.differences.empty() ? "" : one.differences.front().pointer));
  });
  if (!replayed) verdicts_.broken("replay failed: " + replayed.error().detail);
}

}  // namespace tally::sim
