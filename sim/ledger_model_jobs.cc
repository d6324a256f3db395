// What the bookkeeper knows of job kinds.

#include "sim/ledger_model.h"

namespace tally::sim {

// A kind that a start does not load takes no new runs until one loads it again.
void LedgerModel::note_jobs(domain::directory::Events const& event) {
  if (auto const* registered = std::get_if<domain::directory::JobRegistered>(&event)) {
    require(!registered->job.retired, "a kind that is registered takes runs");
    jobs_.insert(registered->job.name);
  }
  if (auto const* retired = std::get_if<domain::directory::JobRetired>(&event))
    require(jobs_.erase(retired->job) == 1, "a kind is retired once");
}

}  // namespace tally::sim
