#include "sim/ledger_model.h"

#include <fmt/format.h>

#include <algorithm>

namespace tally::sim {

using domain::AccountKind;
using domain::run::Phase;

namespace {

// What a tenant has beside its holds is one number: above zero it is available, below it is owed.
// All that was granted and is neither available nor held is spent.
void add_wealth(BudgetStory& budget, Micros amount) {
  Micros const wealth = budget.available - budget.overrun + amount;
  budget.available = std::max(wealth, Micros(0));
  budget.overrun = std::max(-wealth, Micros(0));
  budget.spent = budget.granted - budget.available - budget.held;
}

}  // namespace

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
  if (auto const tenant = std::exchange(to_safe_mode_, std::nullopt)) {
    auto const* mode = std::get_if<domain::mode::Events>(&entries_.back().recorded.event);
    require(mode != nullptr && std::get<domain::mode::Changed>(*mode).scope.id == tenant->value(),
            "an overrun puts its tenant into safe mode at once");
  }
  if (auto const& answered = header().idempotency) by_key_[answered->key].push_back(header().seq);
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

void LedgerModel::note(domain::run::Events const& event) {
  std::visit([this](auto const& one) { take(one); }, event);
}

// Nobody cries wolf: the worker speaks of a medium that did fail.
void LedgerModel::note(domain::error::Events const& event) {
  auto const& error = std::get<domain::error::Recorded>(event);
  require(may_emit(error.layer, error.error_class), "an error is of its layer's classes");
  if (error.component == "command_worker")
    require(receipts_.has_failed(), "an error that is recorded has happened");
}

void LedgerModel::note(domain::budget::Events const& event) {
  auto const* granted = std::get_if<domain::budget::Granted>(&event);
  Micros const amount =
      granted ? granted->amount : -std::get<domain::budget::Withdrawn>(event).amount;
  TenantId const tenant = header().tenant.value_or(TenantId());
  BudgetStory now = tenants_[tenant].now;
  require(-amount <= now.available, "only what is available is taken back");
  now.granted = now.granted + amount;
  add_wealth(now, amount);
  money(tenant, now);
  check_postings(tenant, std::visit([](auto const& one) { return one.postings; }, event));
}

void LedgerModel::note(domain::mode::Events const& event) {
  auto const& changed = std::get<domain::mode::Changed>(event);
  work_clock_ = changed.work_clock;
  excused_ = header().at;
  if (changed.scope.kind == domain::mode::ScopeKind::tenant)
    tenants_[TenantId(changed.scope.id)].normal = changed.row.mode == domain::mode::Mode::normal;
}

void LedgerModel::note(domain::directory::Events const& event) {
  if (auto const* made = std::get_if<domain::directory::TenantCreated>(&event))
    tenants_[made->tenant].plan = made->row.plan;
  if (auto const* set = std::get_if<domain::directory::PlanSet>(&event))
    plans_[set->plan] = set->row;
  if (auto const* made = std::get_if<domain::directory::KeyCreated>(&event))
    keys_.insert(made->key);
  if (auto const* ended = std::get_if<domain::directory::KeyRevoked>(&event))
    revoked_.insert(ended->key);
  note_people(event);
  note_jobs(event);
}

void LedgerModel::money(TenantId const& tenant, BudgetStory now) {
  require(now.available + now.held + now.spent == now.granted,
          "available + held + spent is what was granted");
  require(std::min({now.available, now.held, now.spent, now.overrun}) >= Micros(0),
          "no balance is negative");
  require(now.available == Micros(0) || now.overrun == Micros(0),
          "nothing is available while something is owed");
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
  check_of_system(event);
  RunStory& run = runs_[event.run];
  run.tenant = header().tenant.value_or(TenantId());
  require(tenants_[run.tenant].now.overrun == Micros(0),
          "no run is accepted while something is owed");
  require(jobs_.contains(event.job), "only a kind that the start loaded takes runs");
  run.job = event.job;
  run.hold = event.hold.amount;
  run.submit_seq = header().seq;
  run.queue_deadline = event.queue_deadline;
  move(run, Phase::queued);
  BudgetStory now = tenants_[run.tenant].now;
  now.available = now.available - run.hold;
  now.held = now.held + run.hold;
  money(run.tenant, now);
  check_postings(run.tenant, event.postings);
}

void LedgerModel::take(domain::run::Refused const& event) {
  BudgetStory const& now = tenants_[header().tenant.value_or(TenantId())].now;
  auto const& told = event.shortage;
  require(told.owed == now.overrun && told.available == now.available && told.held == now.held &&
              told.spent == now.spent && told.limit == now.granted,
          "a refusal for money says what is");
  require(told.owed > Micros(0) || told.asked > now.available + now.held,
          "only what cannot be paid, or a debt, refuses for good");
}

void LedgerModel::take(domain::run::Leased const& event) {
  RunStory& run = story(event.run, "a lease");
  require(run.phase == Phase::queued, "only a queued run is leased");
  require(event.fence > run.fence, "fences grow");
  require(!run.not_before || *run.not_before <= work_at(header().at),
          "a run that rests is nobody's");
  require(!run.told_to_stop, "what a mode stopped is not executed again");
  run.not_before.reset();
  run.fence = event.fence;
  run.lease = event.lease;
  run.lease_seq = header().seq;
  require(leases_.try_emplace({event.lease, event.fence}, event.run).second,
          "a lease is given once");
  move(run, Phase::leased);
}

void LedgerModel::take(domain::run::Started const& event) {
  RunStory& run = story(event.run, "a start");
  require(run.phase == Phase::leased && event.fence == run.fence, "a start follows its own lease");
  require(run.started.insert(event.fence).second, "an execution starts once");
  run.limit = domain::run::limit_of(event.run_ends_at, event.cost_limit_at);
  require(*run.limit >= work_at(header().at), "a limit is not over before it began");
  move(run, Phase::running);
}

void LedgerModel::take(domain::run::Requeued const& event) {
  RunStory& run = story(event.run, "a return to the queue");
  require(
      run.phase == Phase::leased || run.phase == Phase::running || run.phase == Phase::reconciling,
      "only leased work returns to the queue");
  require(event.cost_so_far >= run.cost_so_far, "what attempts cost is not forgotten");
  if (event.reason == "worker_lost") check_proof_was_read(run, event.run, "was executed again");
  check_return(run, event);
  if (run.phase == Phase::running) check_limit(run);
  run.cost_so_far = event.cost_so_far;
  run.returns = event.returns;
  run.queue_deadline = event.queue_deadline;
  run.not_before = event.not_before;
  check_told(run);
  move(run, Phase::queued);
}

void LedgerModel::note(domain::system::Events const& event) {
  if (!std::holds_alternative<domain::system::ServerStarted>(event)) return;
  excused_ = header().at;
  server_seq_ = header().seq;
}

void LedgerModel::take(domain::run::StopRequested const& event) {
  RunStory& run = story(event.run, "an order to stop");
  require(run.phase == Phase::running || run.phase == Phase::reconciling,
          "only what has started is stopped");
  run.told_to_stop = true;
}

void LedgerModel::take(domain::run::Reconciling const& event) {
  RunStory& run = story(event.run, "a reconcile order");
  require(run.phase == Phase::running && event.fence == run.fence,
          "only a started execution is reconciled");
  check_why_silent(run, event);
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
  auto const at = executions_.find({event.run, static_cast<std::uint64_t>(run.fence)});
  // A failure brings no result, also where the work went well and only its receipt could not be
  // kept.
  auto const& snapshot = entries_.back().recorded.snapshot;
  auto const* group = snapshot ? std::get_if<domain::run::Commands>(&snapshot->command) : nullptr;
  bool const by_report = group != nullptr && std::holds_alternative<domain::run::Complete>(*group);
  require(!by_report || at == executions_.end() || !at->second.succeeded || event.result,
          "an audit loses no result");
  run.has_result = event.result.has_value();
  check_told(run);
  move(run, Phase::audit_required);
}

// Refused, and written down: what a worker spent whose lease was lost.
void LedgerModel::take(domain::run::Unaccounted const& event) {
  RunStory& run = story(event.run, "a late report");
  auto const lease = leases_.find({event.lease, event.fence});
  require(lease != leases_.end() && lease->second == event.run && run.started.contains(event.fence),
          "a late report comes from a lease that had begun");
  require(run.told.insert(event.fence).second, "a lease says once what it cost");
  auto const at = executions_.find({event.run, static_cast<std::uint64_t>(event.fence)});
  require(at != executions_.end() && at->second.reported == event.amount,
          "a late report says what the execution cost");
}

// Whether the event follows a report of the lease itself.
void LedgerModel::check_told(RunStory& run) {
  auto const& snapshot = entries_.back().recorded.snapshot;
  auto const* group = snapshot ? std::get_if<domain::run::Commands>(&snapshot->command) : nullptr;
  bool const tells = group != nullptr && (std::holds_alternative<domain::run::Complete>(*group) ||
                                          std::holds_alternative<domain::run::Fail>(*group));
  if (tells && run.phase == Phase::running)
    require(run.told.insert(run.fence).second, "a lease says once what it cost");
}

domain::directory::Plan LedgerModel::plan_of(TenantId const& tenant) const {
  auto const row = tenants_.find(tenant);
  auto const plan = row == tenants_.end() ? plans_.end() : plans_.find(row->second.plan);
  return plan == plans_.end() ? domain::directory::Plan{} : plan->second;
}

// All that was spent and is owed exceeds the credits by no more than what the runs that were live
// when the debt arose cost above their holds.
void LedgerModel::check_debt(TenantStory& tenant, RunId run, Micros overrun, bool owed_before) {
  if (tenant.now.overrun == Micros(0)) return;
  if (!owed_before) {
    tenant.debtors = {run};
    tenant.overspent = Micros(0);
    for (auto const& [id, story] : runs_)
      if (!domain::run::is_final(story.phase)) tenant.debtors.insert(id);
  }
  require(tenant.debtors.contains(run), "a run that ends under a debt was live when it arose");
  tenant.overspent = tenant.overspent + overrun;
  Micros const excess = tenant.now.spent + tenant.now.overrun - tenant.now.granted;
  require(excess <= tenant.overspent, "a debt is no more than live runs cost above their holds");
}

void LedgerModel::take(domain::run::Settled const& event) {
  RunStory& run = story(event.run, "a settlement");
  require(!domain::run::is_final(run.phase), "no run settles twice");
  require(domain::run::is_final(event.phase), "a settlement ends the run");
  check_cause(run, event);
  check_truth(run, event);
  if (run.phase == Phase::running) check_limit(run);
  if (event.error_code == "cost_limit")
    require(event.charge.cost == run.hold, "what used its hold up costs its hold");
  if (event.error_code == "lease_unusable")
    require(run.returns + 1 == domain::run::kReturnsMax && event.charge.cost == run.cost_so_far,
            "a lease that nobody can use ends at its last return and costs nothing");
  auto const& charge = event.charge;
  require(charge.charged + charge.released == run.hold, "charged and released are the hold");
  require(charge.charged + charge.overrun == charge.cost, "charged and overrun are the cost");
  require(std::min({charge.charged, charge.released, charge.overrun}) >= Micros(0),
          "no part of a charge is negative");
  check_told(run);
  auto const plan = plan_of(run.tenant);
  bool const counts = plan.overrun != domain::OverrunRule::ignore;
  TenantStory& tenant = tenants_[run.tenant];
  BudgetStory now = tenant.now;
  bool const owed_before = now.overrun > Micros(0);
  now.held = now.held - run.hold;
  add_wealth(now, run.hold - (counts ? charge.cost : std::min(charge.cost, run.hold)));
  money(run.tenant, now);
  check_postings(run.tenant, event.postings);
  check_debt(tenant, event.run, charge.overrun, owed_before);
  require(!plan.overrun_believed_max || charge.overrun <= *plan.overrun_believed_max,
          "no charge is above what the plan believes");
  if (event.reason != "audit_resolved") {
    bool const alarms = plan.overrun == domain::OverrunRule::safe_mode && tenant.normal;
    if (alarms && charge.overrun > Micros(0)) to_safe_mode_ = run.tenant;
  } else {
    require((event.phase == Phase::succeeded) == run.has_result, "an audit loses no result");
  }
  run.charge = charge;
  move(run, event.phase);
}

// Who may end a run, and when.
void LedgerModel::check_cause(RunStory const& run, domain::run::Settled const& event) {
  auto const& snapshot = entries_.back().recorded.snapshot;
  if (!snapshot) return require(run.phase == Phase::audit_required, "an audit ends only an audit");
  auto const* group = std::get_if<domain::run::Commands>(&snapshot->command);
  if (group == nullptr) return require(false, "a run command ends a run");
  auto by_worker = [&](domain::run::Handle const& handle) {
    auto const lease = leases_.find({handle.lease, handle.fence});
    require(lease != leases_.end() && lease->second == event.run && handle.fence == run.fence,
            "a settlement follows the lease with its fence");
    require(run.phase == Phase::running || event.error_code == "lease_unusable",
            "a settlement follows a recorded start");
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

}  // namespace tally::sim
