#include "audit/facts.h"

#include "audit/json_difference.h"
#include "base/check.h"
#include "codec/event_codec.h"

namespace tally::audit {

namespace {

constexpr char kFacts[] = "/decision/facts";

domain::Moment moment_of(domain::Recorded const& first) {
  domain::Moment moment{.at = first.header.at};
  if (auto const* run = std::get_if<domain::run::RunFacts>(&first.snapshot->facts))
    moment.lease_expired = run->lease_expired;
  return moment;
}

std::string text_of(domain::Recorded const& recorded) {
  Bytes bytes;
  codec::encode(recorded, bytes);
  return std::string(as_text(bytes));
}

}  // namespace

std::vector<Difference> false_facts(domain::State const& before, domain::Recorded const& first) {
  if (!first.snapshot) return {};
  domain::Command const& command = first.snapshot->command;
  domain::Moment const moment = moment_of(first);
  std::vector<Difference> differences;
  try {
    CheckTrap const trap;  // a command from outside may name what the state does not have
    auto const permit = domain::permit_for(before, command, moment.at);
    if (!permit)
      return {{kFacts, "as of a command that was permitted", std::string(permit.error().detail)}};
    domain::Facts facts = domain::gather(before, command, *permit, moment);
    if (facts == first.snapshot->facts) return {};
    domain::Recorded truth = first;
    truth.snapshot->facts = std::move(facts);
    append_differences("", text_of(first), text_of(truth), differences);
  } catch (BrokenAssumption const& broken) {
    differences.push_back({kFacts, "as recorded", broken.what()});
  }
  return differences;
}

}  // namespace tally::audit
