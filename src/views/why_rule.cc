#include "views/why_rule.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "domain/run/charge.h"
#include "domain/run/outcomes.h"
#include "views/ops_view.h"

namespace tally::views {

namespace {

using Numbers = std::map<std::string, std::string>;
using domain::AccountKind;

template <class F>
F const* facts_of(domain::Recorded const& recorded) {
  return recorded.snapshot ? std::get_if<F>(&recorded.snapshot->facts) : nullptr;
}

template <class Group, class C>
C const* command_of(domain::Recorded const& recorded) {
  auto const* group = recorded.snapshot ? std::get_if<Group>(&recorded.snapshot->command) : nullptr;
  return group == nullptr ? nullptr : std::get_if<C>(group);
}

// "120", "2.500": whole seconds, or with their milliseconds.
std::string seconds_number(Duration duration) {
  constexpr std::int64_t kSecond = 1'000'000;
  std::int64_t const micros = duration.value();
  if (micros % kSecond == 0) return std::to_string(micros / kSecond);
  return fmt::format("{}.{:03}", micros / kSecond, micros % kSecond / 1000);
}

void add_balances(domain::Balances const& balances, Numbers& numbers) {
  numbers["available_usd"] = format_usd(balances.of(AccountKind::available));
  numbers["held_usd"] = format_usd(balances.of(AccountKind::held));
  numbers["spent_usd"] = format_usd(balances.of(AccountKind::spent));
  numbers["limit_usd"] = format_usd(balances.credits());
}

// What the work said of itself, and what the price makes of it.
domain::run::Measured const* measured_of(domain::Recorded const& recorded) {
  if (auto const* one = command_of<domain::run::Commands, domain::run::Complete>(recorded))
    return &one->measured;
  if (auto const* one = command_of<domain::run::Commands, domain::run::Fail>(recorded))
    return &one->measured;
  if (auto const* one = command_of<domain::run::Commands, domain::run::Reconcile>(recorded))
    return &one->measured;
  return nullptr;
}

// A sentence as a part of another one.
std::string_view without_stop(std::string_view sentence) {
  if (sentence.ends_with('.')) sentence.remove_suffix(1);
  return sentence;
}

std::string price_text(domain::run::Price const& price) {
  if (price.reported) return "what the work reports";
  if (price.per_second.value() == 0) return format_usd(price.fixed);
  return fmt::format("{} and {} for each second", format_usd(price.fixed),
                     format_usd(price.per_second));
}

void add_cost(domain::Recorded const& recorded, Numbers& numbers) {
  if (auto const* measured = measured_of(recorded)) {
    if (measured->elapsed.value() > 0) numbers["elapsed_s"] = seconds_number(measured->elapsed);
    if (measured->reported) numbers["reported_usd"] = format_usd(*measured->reported);
  }
  auto const* facts = facts_of<domain::run::RunFacts>(recorded);
  if (facts == nullptr || !facts->situation) return;
  auto const& price = facts->situation->price;
  if (!price.reported) {
    numbers["price_fixed_usd"] = format_usd(price.fixed);
    numbers["price_per_second_usd"] = format_usd(price.per_second);
  }
  numbers["attempt"] = std::to_string(facts->situation->attempt);
  numbers["attempts_max"] = std::to_string(facts->situation->attempts_max);
}

WhyRule rule_of(domain::Recorded const& recorded, domain::run::Submitted const& event) {
  WhyRule rule;
  rule.numbers["asked_usd"] = format_usd(event.hold.amount);
  std::string against;
  if (auto const* facts = facts_of<domain::run::SubmitFacts>(recorded)) {
    add_balances(facts->balances, rule.numbers);
    against = fmt::format(", within the {} available",
                          format_usd(facts->balances.of(AccountKind::available)));
  }
  rule.sentence =
      fmt::format("accepted: holds {}{}; the price is {}", format_usd(event.hold.amount), against,
                  price_text(event.terms.price));
  return rule;
}

WhyRule rule_of(domain::Recorded const&, domain::run::Refused const& event) {
  auto const& lack = event.shortage;
  WhyRule rule;
  rule.sentence = fmt::format(
      "refused, {}: asked {}, and {} has {} available and {} held that may come back", event.code,
      format_usd(lack.asked), lack.scope, format_usd(lack.available), format_usd(lack.held));
  if (lack.owed.value() != 0)
    rule.sentence +=
        fmt::format("; it owes {} that earlier runs cost above their holds", format_usd(lack.owed));
  rule.numbers = {
      {"asked_usd", format_usd(lack.asked)},         {"owed_usd", format_usd(lack.owed)},
      {"available_usd", format_usd(lack.available)}, {"held_usd", format_usd(lack.held)},
      {"limit_usd", format_usd(lack.limit)},         {"spent_usd", format_usd(lack.spent)}};
  return rule;
}

WhyRule rule_of(domain::Recorded const&, domain::run::Leased const& event) {
  return {.sentence = fmt::format("leased to {} for {} as attempt {}", event.worker,
                                  seconds_text(event.lease_period), event.attempt),
          .numbers = {{"fence", std::to_string(event.fence)}}};
}

WhyRule rule_of(domain::Recorded const&, domain::run::Started const&) {
  return {.sentence = "started: from here on the work may have touched the world", .numbers = {}};
}

WhyRule rule_of(domain::Recorded const& recorded, domain::run::Requeued const& event) {
  WhyRule rule;
  rule.sentence = fmt::format("queued again, {}{}", event.reason,
                              event.detail.empty() ? "" : ": " + event.detail);
  rule.numbers["cost_so_far_usd"] = format_usd(event.cost_so_far);
  add_cost(recorded, rule.numbers);
  return rule;
}

WhyRule rule_of(domain::Recorded const&, domain::run::Reconciling const& event) {
  if (event.reason == domain::run::kServerEnded)
    return {
        .sentence = "the server itself ended while it worked on the run: the receipt is looked for",
        .numbers = {}};
  return {.sentence =
              fmt::format("the worker went silent, {}: its receipt is looked for", event.reason),
          .numbers = {}};
}

WhyRule rule_of(domain::Recorded const&, domain::run::CancelRequested const&) {
  return {.sentence = "cancel was asked for: the worker learns it at its next heartbeat",
          .numbers = {}};
}

WhyRule rule_of(domain::Recorded const&, domain::run::StopRequested const&) {
  return {.sentence = "a mode came that lets nothing execute: the worker is told to stop",
          .numbers = {}};
}

WhyRule rule_of(domain::Recorded const&, domain::run::Unaccounted const& event) {
  return {.sentence = fmt::format("{} USD were reported after the lease had ended: in no charge",
                                  format_usd(event.amount)),
          .numbers = {{"unaccounted_usd", format_usd(event.unaccounted)}}};
}

// "2 %" or "0.125 %", of parts in a million.
std::string percent_text(std::int64_t ppm) {
  constexpr std::int64_t kPercent = 10'000;
  std::string text = fmt::format("{}.{:04}", ppm / kPercent, ppm % kPercent);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.ends_with('.')) text.pop_back();
  return text + " %";
}

// Where the attempts reported less, and the fault was the run's own.
void add_minimum_fee(domain::Recorded const& recorded, domain::run::Settled const& event,
                     WhyRule& rule) {
  auto const* facts = facts_of<domain::run::RunFacts>(recorded);
  if (facts == nullptr || !facts->situation || event.reason != "failed") return;
  auto const& run = *facts->situation;
  auto const* measured = measured_of(recorded);
  Micros const reported =
      run.cost_so_far + (measured && measured->reported ? *measured->reported : Micros(0));
  Micros const fee = domain::run::fee_of(run.price.minimum_fee, run.hold);
  if (event.charge.cost != fee || reported >= fee) return;
  auto const& terms = run.price.minimum_fee;
  rule.sentence += fmt::format(
      "; that is the minimum fee of the job for a run that fails by its own fault: {} of the hold, "
      "at least {}, at most {} and never more than the hold",
      percent_text(terms.ppm), format_usd(terms.floor), format_usd(terms.cap));
  rule.numbers["minimum_fee_usd"] = format_usd(fee);
}

WhyRule rule_of(domain::Recorded const& recorded, domain::run::Settled const& event) {
  auto const& charge = event.charge;
  WhyRule rule;
  std::string const status(domain::run::status_of(event.phase));
  rule.sentence = status == event.reason ? status : status + ", " + event.reason;
  if (!event.error_code.empty())
    rule.sentence += fmt::format(", {}: {}", event.error_code, without_stop(event.error_detail));
  rule.sentence += fmt::format("; cost {}: charged {}, released {}", format_usd(charge.cost),
                               format_usd(charge.charged), format_usd(charge.released));
  if (charge.overrun.value() != 0)
    rule.sentence +=
        fmt::format(", {} above the hold, of which {} was paid and {} is owed",
                    format_usd(charge.overrun), format_usd(charge.paid), format_usd(charge.owed));
  rule.numbers = {{"cost_usd", format_usd(charge.cost)},
                  {"charged_usd", format_usd(charge.charged)},
                  {"released_usd", format_usd(charge.released)},
                  {"overrun_usd", format_usd(charge.overrun)}};
  add_cost(recorded, rule.numbers);
  add_minimum_fee(recorded, event, rule);
  return rule;
}

WhyRule rule_of(domain::Recorded const& recorded, domain::run::AuditRequired const& event) {
  WhyRule rule;
  bool const unreadable = event.reason == domain::run::kNotReported;
  rule.sentence = fmt::format(
      "needs an audit, {} ({}): {}no cost is ever guessed", event.reason, event.reconcile_type,
      unreadable ? "its receipt is missing, or says no amount that can be read; " : "");
  if (!event.detail.empty()) rule.sentence += "; the worker said: " + event.detail;
  add_cost(recorded, rule.numbers);
  return rule;
}

WhyRule rule_of(domain::Recorded const&, domain::budget::Granted const& event) {
  return {.sentence = fmt::format("granted {}", format_usd(event.amount)),
          .numbers = {{"amount_usd", format_usd(event.amount)}}};
}

WhyRule rule_of(domain::Recorded const&, domain::budget::Withdrawn const& event) {
  return {.sentence = fmt::format("took back {}", format_usd(event.amount)),
          .numbers = {{"amount_usd", format_usd(event.amount)}}};
}

WhyRule rule_of(domain::Recorded const&, domain::mode::Changed const& event) {
  return {.sentence = fmt::format("{} goes from {} to {} mode, by {}, because: {}",
                                  scope_text(event.scope), name_of(event.from),
                                  name_of(event.row.mode), event.person.value(), event.row.reason),
          .numbers = {}};
}

// From here on what concerns no run: words and no numbers. No default: an event without words does
// not compile.
WhyRule says(std::string sentence) { return {.sentence = std::move(sentence), .numbers = {}}; }

WhyRule rule_of(domain::Recorded const&, domain::directory::TenantCreated const& event) {
  return says(fmt::format("tenant {} was created with the plan {}", event.tenant.value(),
                          event.row.plan.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::PersonAdded const& event) {
  return says(
      fmt::format("{} was added as {}", event.person.value(), fmt::join(event.row.roles, ", ")));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::PersonRemoved const& event) {
  return says(fmt::format("{} was removed by {}", event.person.value(), event.by.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::KeyCreated const& event) {
  return says(fmt::format("{} of {} for tenant {} was created with the scopes {}",
                          to_text(event.key), event.row.person.value(), event.row.tenant.value(),
                          fmt::join(event.row.scopes, ", ")));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::KeyClaimed const& event) {
  return says(fmt::format("{} was claimed: it has its token", to_text(event.key)));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::ClaimCodeShown const& event) {
  return says(fmt::format("the claim code of {} was shown to {}, once", to_text(event.key),
                          event.person.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::KeyRevoked const& event) {
  return says(fmt::format("{} was revoked by {}", to_text(event.key), event.person.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::PlanSet const& event) {
  return says(fmt::format("the plan {} was set by {}", event.plan.value(), event.person.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::JobRegistered const& event) {
  return says(fmt::format("the job kind {} {} takes runs; its price is {}", event.job.name.value(),
                          event.job.version, price_text(event.job.price)));
}
WhyRule rule_of(domain::Recorded const&, domain::directory::JobRetired const& event) {
  return says(
      fmt::format("the job kind {} takes no new runs: a start did not load it", event.job.value()));
}
WhyRule rule_of(domain::Recorded const&, domain::approval::Proposed const& event) {
  std::string who = event.row.proposer.value();
  if (who.empty()) who = "the configuration file";
  if (event.row.single_operator)
    return says(fmt::format("{} decides alone, since nobody else counts: {}", who, event.row.what));
  return says(fmt::format("{} asked others to agree: {}; it waits as {} until {} people agree", who,
                          event.row.what, to_text(event.approval), event.row.quorum));
}
WhyRule rule_of(domain::Recorded const&, domain::approval::Signed const& event) {
  return says(fmt::format("{} signed {}{}", event.person.value(), to_text(event.approval),
                          event.granted ? ", and with that enough people agree" : ""));
}
WhyRule rule_of(domain::Recorded const&, domain::approval::Aborted const& event) {
  return says(fmt::format("{} came to nothing: {}", to_text(event.approval), event.reason));
}
WhyRule rule_of(domain::Recorded const&, domain::system::Opened const& event) {
  return says(fmt::format("the ledger {} of {} begins", to_text(event.ledger), event.origin));
}
WhyRule rule_of(domain::Recorded const&, domain::system::ServerStarted const& event) {
  return says(fmt::format("the server {} started for the {}. time", event.version, event.epoch));
}
WhyRule rule_of(domain::Recorded const&, domain::system::CheckpointSigned const& event) {
  return says(fmt::format("a checkpoint over {} events was signed", event.size));
}
WhyRule rule_of(domain::Recorded const&, domain::system::RefusalsCounted const& event) {
  return says(fmt::format("{} times {} was answered to {} in the minute from {} on", event.count,
                          event.code, event.subject.value(), to_rfc3339(event.minute)));
}
WhyRule rule_of(domain::Recorded const&, domain::system::ArchiveAdvanced const& event) {
  return says(fmt::format("runs that ended before {} left memory; the ledger keeps them",
                          to_rfc3339(event.finished_before)));
}
WhyRule rule_of(domain::Recorded const&, domain::system::ConfigChanged const& event) {
  std::string text;
  for (domain::system::SettingChange const& one : event.changes) {
    domain::Setting const* setting = domain::find_setting(one.name);
    auto const words = [&](std::int64_t value) {
      return setting ? setting_text(*setting, value) : std::to_string(value);
    };
    text += fmt::format("{} is {} in place of {}, ", one.name, words(one.to), words(one.from));
  }
  return says(fmt::format("{}because: {}", text, event.reason));
}
WhyRule rule_of(domain::Recorded const&, domain::system::ClockStepped const& event) {
  return says(fmt::format("the machine's clock and the ledger's disagree by {}",
                          seconds_text(event.disagreement)));
}
// What it says is for the evidence plane alone.
WhyRule rule_of(domain::Recorded const& recorded, domain::error::Recorded const&) {
  auto const& correlation = recorded.header.correlation;
  return says("an error was recorded; who may read errors sees it with tally errors" +
              (correlation ? " --correlation " + to_text(*correlation) : ""));
}

WhyRule rule_of(domain::Recorded const&, domain::schedule::WasSet const& event) {
  return says(fmt::format("{} runs {} {}, next at {}", event.name.value(), event.row.job.value(),
                          rule_text(event.row.rule), to_rfc3339(event.row.next)));
}
WhyRule rule_of(domain::Recorded const&, domain::schedule::Missed const& event) {
  return says(fmt::format("{} missed {} of its times, from {} to {}: nothing ran then",
                          event.name.value(), event.slots.count, to_rfc3339(event.slots.first),
                          to_rfc3339(event.slots.last)));
}
WhyRule rule_of(domain::Recorded const&, domain::schedule::Fired const& event) {
  return says(fmt::format("{} was due at {} and runs as {}; it is due again at {}",
                          event.name.value(), to_rfc3339(event.slot), to_text(event.run),
                          to_rfc3339(event.next)));
}
WhyRule rule_of(domain::Recorded const&, domain::schedule::Skipped const& event) {
  std::string const why = event.run
                              ? fmt::format("its last run, {}, still lives", to_text(*event.run))
                              : "its job kind is not loaded";
  return says(fmt::format("{} was due at {} and does not run: {}; it is due again at {}",
                          event.name.value(), to_rfc3339(event.slot), why, to_rfc3339(event.next)));
}

}  // namespace

std::string rule_text(domain::schedule::Rule const& rule) {
  if (rule.every != Duration(0)) return "every " + seconds_text(rule.every);
  return fmt::format("daily at {:02}:{:02} {}", rule.minute / 60, rule.minute % 60, rule.zone);
}

std::string seconds_text(Duration duration) { return seconds_number(duration) + " s"; }

WhyRule why_rule(domain::Recorded const& first) {
  return std::visit(
      [&](auto const& group) {
        return std::visit([&](auto const& event) { return rule_of(first, event); }, group);
      },
      first.event);
}

}  // namespace tally::views
