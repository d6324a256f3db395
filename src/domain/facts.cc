#include "domain/facts.h"

namespace tally::domain {

TALLY_VARIANT_DEFINED(Facts);

template <class F>
requires kIsAlternative<F, Facts::Variant> Facts::Facts(F facts) : Variant(std::move(facts)) {}

template Facts::Facts(run::SubmitFacts);
template Facts::Facts(run::LeaseFacts);
template Facts::Facts(run::RunFacts);
template Facts::Facts(budget::GrantFacts);
template Facts::Facts(directory::Facts);
template Facts::Facts(mode::SetFacts);
template Facts::Facts(approval::Facts);
template Facts::Facts(system::Facts);
template Facts::Facts(system::SettingsFacts);
template Facts::Facts(error::Facts);
template Facts::Facts(schedule::SetFacts);
template Facts::Facts(schedule::FireFacts);

}  // namespace tally::domain
