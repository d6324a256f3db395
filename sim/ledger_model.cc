#include "sim/ledger_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::sim {

using domain::AccountKind;
using domain::run::Phase;

void LedgerModel::require(bool holds, std::string_view what) {
  if (holds) return;
  auto const& recorded = entries_.back().recorded;
  verdicts_.broken(fmt::format("{}: event {} ({}{})", what, recorded.header.seq,
                               domain::type_of(recorded.event).name,
                               recorded.header.run ? " " + to_text(*recorded.header.run) : ""));
}

codec::Entry const* LedgerModel::at(std::int64_t seq) const {
  return seq >= 0 && seq < size() ? &entries_[static_cast<std::size_t>(seq)] : nullptr;
}

RunStory const* LedgerModel::run(RunId run) const {
  auto const found = runs_.find(run);
  return found == runs_.end() ? nullptr : &found->second;
}

void LedgerModel::add(codec::Entry entry) {
  entries_.push_back(std::move(entry));
  check_order();
  std::visit([this](auto const& group) { note(group); }, entries_.back().recorded.event);
}

void LedgerModel::check_order() {
  auto const& now = header();
  require(now.seq == size() - 1, "order has no gap");
  if (size() > 1) {
    auto const& before = entries_[entries_.size() - 2].recorded.header;
    require(before.at <= now.at, "ledger time never goes back");
  }
  require(now.correlation.has_value(), "no event lacks a correlation");
  if (now.tenant)
    require(now.tenant_seq == tenants_[*now.tenant].events++, "a tenant's order has no gap");
}

void LedgerModel::note(domain::RunEvent const& event) {
  std::visit([this](auto const& one) { take(one); }, event);
}

// Nobody cries wolf: the worker speaks of a medium that did fail.
void LedgerModel::note(domain::ErrorEvent const& event) {
  auto const& error = std::get<domain::error::Recorded>(event);
  require(may_emit(error.layer, error.error_class), "an error is of its layer's classes");
  if (error.component == "command_worker")
    require(receipts_.has_failed(), "an error that is recorded has happened");
}

void LedgerModel::note(domain::BudgetEvent const& event) {
  auto const& granted = std::get<domain::budget::Granted>(event);
  TenantId const tenant = header().tenant.value_or(TenantId());
  BudgetStory now = tenants_[tenant].now;
  now.granted = now.granted + granted.amount;
  now.available = now.available + granted.amount;
  money(tenant, now);
  check_postings(tenant, granted.postings);
}

void LedgerModel::note(domain::DirectoryEvent const& event) {
  if (auto const* made = std::get_if<domain::directory::KeyCreated>(&event))
    keys_.insert(made->key);
  if (auto const* ended = std::get_if<domain::directory::KeyRevoked>(&event))
    revoked_.insert(ended->key);
}

void LedgerModel::money(TenantId const& tenant, BudgetStory now) {
  require(now.available + now.held + now.spent == now.granted,
          "available + held + spent is what was granted");
  require(std::min({now.available, now.held, now.spent, now.overrun}) >= Micros(0),
          "no balance is negative");
  auto& story = tenants_[tenant];
  story.now = now;
  story.past.emplace_back(header().seq, now);
}

void LedgerModel::check_postings(TenantId const& tenant, domain::Postings const& postings) {
  auto const& now = tenants_[tenant].now;
  Micros sum(0);
  for (auto const& posting : postings) {
    sum = sum + posting.delta;
    std::map<AccountKind, Micros> const mine{
        {AccountKind::available, now.available}, {AccountKind::held, now.held},
        {AccountKind::spent, now.spent},         {AccountKind::overrun, now.overrun},
        {AccountKind::funding, -now.granted},    {AccountKind::overrun_due, -now.overrun}};
    require(posting.balance == mine.at(posting.account), "a posting leaves the balance it says");
  }
  require(sum == Micros(0), "postings sum to zero");
}

RunStory& LedgerModel::story(RunId run, std::string_view event) {
  require(runs_.contains(run), fmt::format("{} is about a run that was submitted", event));
  require(header().run == run, "the header names the run");
  return runs_[run];
}

void LedgerModel::move(RunStory& run, Phase to) {
  run.phase = to;
  run.statuses.emplace(domain::run::status_of(to));
}

void LedgerModel::take(domain::run::Submitted const& event) {
  require(!runs_.contains(event.run), "a run id is given once");
  RunStory& run = runs_[event.run];
  run.tenant = header().tenant.value_or(TenantId());
  run.job = event.job;
  run.hold = event.hold.amount;
  run.submit_seq = header().seq;
  move(run, Phase::queued);
  by_key_[event.idempotency.key].push_back(header().seq);
  BudgetStory now = tenants_[run.tenant].now;
  now.available = now.available - run.hold;
  now.held = now.held + run.hold;
  money(run.tenant, now);
  check_postings(run.tenant, event.postings);
}

void LedgerModel::take(domain::run::Refused const& event) {
  by_key_[event.idempotency.key].push_back(header().seq);
}

void LedgerModel::take(domain::run::Leased const& event) {
  RunStory& run = story(event.run, "a lease");
  require(run.phase == Phase::queued, "only a queued run is leased");
  require(event.fence > run.fence, "fences grow");
  run.fence = event.fence;
  run.lease = event.lease;
  require(leases_.try_emplace({event.lease, event.fence}, event.run).second,
          "a lease is given once");
  move(run, Phase::leased);
}

void LedgerModel::take(domain::run::Started const& event) {
  RunStory& run = story(event.run, "a start");
  require(run.phase == Phase::leased && event.fence == run.fence, "a start follows its own lease");
  require(run.started.insert(event.fence).second, "an execution starts once");
  move(run, Phase::running);
}

void LedgerModel::take(domain::run::Requeued const& event) {
  RunStory& run = story(event.run, "a return to the queue");
  require(
      run.phase == Phase::leased || run.phase == Phase::running || run.phase == Phase::reconciling,
      "only leased work returns to the queue");
  require(event.cost_so_far >= run.cost_so_far, "what attempts cost is not forgotten");
  if (event.reason == "worker_lost") check_proof_was_read(run, event.run, "was executed again");
  run.cost_so_far = event.cost_so_far;
  move(run, Phase::queued);
}

void LedgerModel::take(domain::run::Reconciling const& event) {
  RunStory& run = story(event.run, "a reconcile order");
  require(run.phase == Phase::running && event.fence == run.fence,
          "only a started execution is reconciled");
  move(run, Phase::reconciling);
}

void LedgerModel::take(domain::run::CancelRequested const& event) {
  RunStory& run = story(event.run, "a cancellation");
  require(!domain::run::is_final(run.phase), "only a live run is cancelled");
}

void LedgerModel::take(domain::run::AuditRequired const& event) {
  RunStory& run = story(event.run, "an audit");
  require(run.phase == Phase::running || run.phase == Phase::reconciling,
          "only started work needs an audit");
  move(run, Phase::audit_required);
}

void LedgerModel::take(domain::run::Settled const& event) {
  RunStory& run = story(event.run, "a settlement");
  require(!domain::run::is_final(run.phase), "no run settles twice");
  require(domain::run::is_final(event.phase), "a settlement ends the run");
  check_cause(run, event);
  check_truth(run, event);
  auto const& charge = event.charge;
  require(charge.charged + charge.released == run.hold, "charged and released are the hold");
  require(charge.charged + charge.overrun == charge.cost, "charged and overrun are the cost");
  require(std::min({charge.charged, charge.released, charge.overrun}) >= Micros(0),
          "no part of a charge is negative");
  BudgetStory now = tenants_[run.tenant].now;
  now.held = now.held - run.hold;
  now.spent = now.spent + std::min(charge.cost, run.hold);
  now.available = now.available + run.hold - std::min(charge.cost, run.hold);
  now.overrun = now.overrun + std::max(charge.cost - run.hold, Micros(0));
  money(run.tenant, now);
  check_postings(run.tenant, event.postings);
  run.charge = charge;
  move(run, event.phase);
}

// Who may end a run, and when.
void LedgerModel::check_cause(RunStory const& run, domain::run::Settled const& event) {
  auto const& snapshot = entries_.back().recorded.snapshot;
  if (!snapshot) return require(run.phase == Phase::audit_required, "an audit ends only an audit");
  auto const* group = std::get_if<domain::RunCommand>(&snapshot->command);
  if (group == nullptr) return require(false, "a run command ends a run");
  auto by_worker = [&](domain::run::Handle const& handle) {
    auto const lease = leases_.find({handle.lease, handle.fence});
    require(lease != leases_.end() && lease->second == event.run && handle.fence == run.fence,
            "a settlement follows the lease with its fence");
    require(run.phase == Phase::running, "a settlement follows a recorded start");
  };
  if (auto const* complete = std::get_if<domain::run::Complete>(group)) by_worker(complete->handle);
  if (auto const* fail = std::get_if<domain::run::Fail>(group)) by_worker(fail->handle);
  if (auto const* found = std::get_if<domain::run::Reconcile>(group)) {
    require(run.phase == Phase::reconciling && found->fence == run.fence,
            "evidence settles the execution that it is about");
  }
  if (std::holds_alternative<domain::run::Cancel>(*group))
    require(run.phase == Phase::queued || run.phase == Phase::leased,
            "a cancellation alone ends only what has not started");
}

// What the work really came to is known here, and only here.
void LedgerModel::check_truth(RunStory const& run, domain::run::Settled const& event) {
  if (event.error_code == "worker_lost") check_proof_was_read(run, event.run, "failed");
  if (event.phase != Phase::succeeded || event.reason == "audit_resolved") return;
  auto const at = executions_.find({event.run, static_cast<std::uint64_t>(run.fence)});
  if (at == executions_.end()) return require(false, "what succeeded was executed");
  Execution const& truth = at->second;
  require(truth.succeeded, "only what went well succeeds");
  Micros cost = truth.reported.value_or(Micros(0));
  if (run.job.value() == "fixed") {
    std::int64_t const scaled = 7'001 * truth.elapsed.value();
    cost = Micros(1'000 + scaled / 1'000'000 + (scaled % 1'000'000 != 0 ? 1 : 0));
  }
  require(event.charge.cost == run.cost_so_far + cost, "a run costs what its executions cost");
  require(
      event.result && event.result->bytes == static_cast<std::int64_t>(truth.result_json.size()),
      "the result is the execution's");
}

// A receipt that was promised to be durable and is whole must not be overlooked.
void LedgerModel::check_proof_was_read(RunStory const& run, RunId id, std::string_view outcome) {
  SimReceipts::Key const key{id, static_cast<std::uint64_t>(run.fence)};
  require(!receipts_.stands(key), fmt::format("a run whose receipt stands {}", outcome));
}

}  // namespace tally::sim
