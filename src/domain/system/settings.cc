#include "domain/settings.h"

#include "domain/system/decide.h"
#include "domain/who_counts.h"

namespace tally::domain::system {

namespace {

bool is_the_file(ChangeSettings const& command) { return command.person.value().empty(); }

Refusal invalid(std::string detail) {
  return {.code = RefusalCode::validation_error,
          .detail = std::move(detail),
          .pointer = "/values",
          .shortage = {},
          .retry_after = {}};
}

std::optional<Refusal> invalid_value(SettingValue const& asked) {
  Setting const* const setting = find_setting(asked.name);
  if (setting == nullptr) return invalid("there is no setting " + asked.name);
  if (asked.value >= setting->min && asked.value <= setting->max) return std::nullopt;
  return invalid(asked.name + " is from " + setting_text(*setting, setting->min) + " to " +
                 setting_text(*setting, setting->max));
}

std::vector<SettingChange> changes_of(SettingValues const& values, Settings const& current) {
  std::vector<SettingChange> changes;
  for (SettingValue const& asked : values) {
    Setting const& setting = *find_setting(asked.name);
    std::int64_t const from = current.of(setting);
    if (asked.value != from)
      changes.push_back({.from = from,
                         .name = asked.name,
                         .standard = asked.value == setting.standard,
                         .to = asked.value});
  }
  return changes;
}

bool any_guarded(std::vector<SettingChange> const& changes) {
  return std::ranges::any_of(changes, [](SettingChange const& one) {
    return find_setting(one.name)->guard == SettingGuard::guarded;
  });
}

// Nothing could ever be approved again.
std::optional<std::string> too_large(std::vector<SettingChange> const& changes,
                                     std::int64_t named) {
  for (SettingChange const& one : changes)
    if (one.name == setting::kQuorum.name && named >= 2 && one.to > named)
      return "a quorum of " + std::to_string(one.to) + " is more than the " +
             std::to_string(named) +
             " people who have the role approver or admin: name more people first, or lower it";
  return std::nullopt;
}

// "approvals.quorum 3 in place of 2, ...", as far as a line goes.
std::string words_of(std::vector<SettingChange> const& changes) {
  constexpr std::size_t kNamed = 3;
  std::string text;
  for (std::size_t i = 0; i < std::min(changes.size(), kNamed); ++i) {
    SettingChange const& one = changes[i];
    Setting const& setting = *find_setting(one.name);
    text += (i == 0 ? "" : ", ") + one.name + " " + setting_text(setting, one.to) +
            " in place of " + setting_text(setting, one.from);
  }
  if (changes.size() > kNamed) text += ", and " + std::to_string(changes.size() - kNamed) + " more";
  return text;
}

Outcome nothing() { return {.events = {}, .reply = Done{}, .run = {}, .tenant = {}}; }

// The guarded part of a file, while two or more people count.
Outcome propose_for_file(ChangeSettings const& command, SettingsFacts const& facts,
                         std::string what) {
  Outcome outcome = nothing();
  if (facts.proposed) {
    outcome.reply = NeedsApproval{*facts.proposed};
  } else if (std::ssize(facts.approvers->counted) >= facts.approvers->quorum) {
    outcome = not_alone({.approvers = *facts.approvers,
                         .person = command.person,
                         .run = {},
                         .tenant = {},
                         .what = std::move(what)});
  }
  return outcome;  // else a later start asks again: it says what is pending
}

}  // namespace

SettingsFacts gather(State const& state, ChangeSettings const& command, Moment const& moment) {
  SettingsFacts facts;
  facts.approvers = approvers_of(state, system::Commands(command), command.asked_with, moment.at);
  facts.current = state.settings;
  for (auto const& [id, row] : state.approvals.in_order())
    if (row.command == Command(system::Commands(command)) && state.ledger.granted != id)
      facts.proposed = id;
  return facts;
}

Outcome decide(Instant, ChangeSettings const& command, SettingsFacts const& facts) {
  TALLY_CHECK(facts.approvers.has_value(), "settings without those who decide them");
  for (SettingValue const& asked : command.values)
    if (auto refusal = invalid_value(asked)) return refuse(std::move(*refusal));
  std::vector<SettingChange> changes = changes_of(command.values, facts.current);
  if (changes.empty()) return nothing();
  Approvers const& people = *facts.approvers;
  if (auto why = too_large(changes, people.named()))
    return refuse(RefusalCode::conflict, std::move(*why));
  if (any_guarded(changes) && !people.approved) {
    if (!is_the_file(command))
      return not_alone({.approvers = people,
                        .person = command.person,
                        .run = {},
                        .tenant = {},
                        .what = words_of(changes)});
    if (people.counted.size() >= 2) return propose_for_file(command, facts, words_of(changes));
  }
  ConfigChanged event{
      .changes = std::move(changes), .person = command.person, .reason = command.reason};
  return {.events = {system::Events(std::move(event))}, .reply = Done{}, .run = {}, .tenant = {}};
}

void apply(State& state, Header const&, ConfigChanged const& event) {
  for (SettingChange const& one : event.changes) {
    if (one.standard)
      state.settings.reset(one.name);
    else
      state.settings.set(one.name, one.to);
  }
}

}  // namespace tally::domain::system
