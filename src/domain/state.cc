#include "domain/state.h"

namespace tally::domain {

template class Table<TenantId, directory::Tenant>;
template class Table<PersonId, directory::Person>;
template class Table<KeyId, directory::Key>;
template class Table<PlanName, directory::Plan>;
template class Table<JobName, run::JobKind>;
template class Table<JobName, LastServed>;
template class Table<RunId, run::Row>;
template class Table<Digest, AnsweredKey>;
template class Table<mode::Scope, mode::Row>;
template class Table<ApprovalId, approval::Row>;
template class Table<ScheduleName, schedule::Row>;

}  // namespace tally::domain
