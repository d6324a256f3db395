// What the bookkeeper knows of schedules, and of the runs that they submit.

#include "domain/system_tenant.h"
#include "sim/ledger_model.h"

namespace tally::sim {

void LedgerModel::note(domain::schedule::Events const& event) {
  require(header().tenant == TenantId(std::string(domain::kSystemTenant)),
          "what recurs is the system's");
  std::visit([this](auto const& one) { take(one); }, event);
}

void LedgerModel::take(domain::schedule::WasSet const& event) {
  require(event.row.next > header().at, "a slot that is set lies in the future");
  schedules_[event.name].next = event.row.next;
}

void LedgerModel::take(domain::schedule::Missed const& event) {
  require(event.slots.first == schedules_[event.name].next, "what was missed begins with the next");
  require(event.slots.last <= header().at, "only what has come can be missed");
}

void LedgerModel::take(domain::schedule::Fired const& event) {
  ScheduleStory& known = schedules_[event.name];
  require(known.next <= event.slot && event.slot <= header().at, "a slot fires when it has come");
  require(event.next > event.slot, "no slot fires twice");
  require(!is_live(known.run), "no two runs of one schedule live at once");
  known = {.next = event.next, .run = event.run};
  fired_ = event.run;
}

void LedgerModel::take(domain::schedule::Skipped const& event) {
  ScheduleStory& known = schedules_[event.name];
  require(known.next <= event.slot && event.next > event.slot, "a slot is skipped once");
  if (event.run)
    require(event.run == known.run && is_live(event.run), "a slot is skipped for a run that lives");
  known.next = event.next;
}

bool LedgerModel::is_live(std::optional<RunId> run) const {
  auto const found = run ? runs_.find(*run) : runs_.end();
  return found != runs_.end() && !domain::run::is_final(found->second.phase) &&
         found->second.phase != domain::run::Phase::audit_required;
}

// Nobody submits a run of the system but its schedules, and it moves no money.
void LedgerModel::check_of_system(domain::run::Submitted const& event) {
  bool const of_system = header().tenant == TenantId(std::string(domain::kSystemTenant));
  require(of_system == (std::exchange(fired_, std::nullopt) == event.run),
          "a run of the system is the one that its schedule fired");
  if (!of_system) return;
  require(event.postings.empty() && event.hold.amount == Micros(0), "the system spends nothing");
}

}  // namespace tally::sim
