#include "api/people.h"

#include <fmt/format.h>

#include "views/directory_view.h"
#include "views/ops_view.h"

namespace tally::api {

namespace {

wire::ApprovalList approvers_at(Services const& services, Instant at) {
  auto const directory = services.loop.directory();
  return views::approvers_view(directory->people.all(), keys_by_person(*directory),
                               directory->settings.of(domain::setting::kQuorum), at);
}

// Who decides once `person` does not count any more.
std::string afterwards(wire::ApprovalList const& list, PersonId const& person) {
  std::vector<PersonId> who;
  for (wire::Approver const& one : list.people)
    if (one.counts) who.push_back(one.person);
  if (who.size() == 1) return who.front().value() + " decides alone";
  bool const enough = std::ssize(who) >= list.quorum;
  std::string const counted =
      fmt::format("{} people count, and {} must agree", who.size(), list.quorum);
  return enough ? counted
                : counted + ": nothing is decided but another key for " + person.value() +
                      ", by all who count";
}

// The open approval by which the file asks for it.
std::optional<ApprovalId> approval_of(ledger::Directory const& directory,
                                      domain::SettingValue const& asked) {
  for (auto const& [id, row] : directory.approvals) {
    auto const* group = std::get_if<domain::system::Commands>(&row.command);
    auto const* change =
        group != nullptr ? std::get_if<domain::system::ChangeSettings>(group) : nullptr;
    if (change != nullptr && change->person.value().empty() && change->values.contains(asked))
      return id;
  }
  return std::nullopt;
}

}  // namespace

void each_key(ledger::Directory const& directory,
              std::function<void(ledger::Directory::KeyEntry const&)> const& visit) {
  std::map<KeyId, ledger::Directory::KeyEntry const*> by_id;
  for (auto const* keys : {&directory.keys, &directory.unclaimed})
    for (auto const& [digest, entry] : *keys) by_id.emplace(entry.id, &entry);
  for (auto const& [id, entry] : by_id) visit(*entry);
}

domain::KeysByPerson keys_by_person(ledger::Directory const& directory) {
  domain::KeysByPerson keys;
  for (auto const& [digest, entry] : directory.keys) keys[entry.key.person].push_back(&entry.key);
  return keys;
}

wire::Key key_view(Exchange const& x, KeyId id, domain::directory::Key const& key) {
  auto const directory = x.services.loop.directory();
  return views::key_view(id, key, directory->people.at(key.person), x.services.loop.now());
}

wire::ApprovalList approvers_view(Services const& services) {
  auto list = approvers_at(services, services.loop.now());
  list.pending_settings = pending_settings(services);
  return list;
}

std::vector<wire::PendingSetting> pending_settings(Services const& services) {
  auto const directory = services.loop.directory();
  std::vector<wire::PendingSetting> pending;
  for (domain::SettingValue const& asked : services.options.settings_in_file) {
    auto const in_force = directory->settings.of(*domain::find_setting(asked.name));
    if (in_force != asked.value)
      pending.push_back({.name = asked.name,
                         .in_file = asked.value,
                         .in_force = in_force,
                         .approval_id = approval_of(*directory, asked)});
  }
  return pending;
}

std::optional<std::string> loss_note(Services const& services, PersonId const& person) {
  auto const now = approvers_at(services, services.loop.now());
  for (wire::Approver const& one : now.people)
    if (one.person == person && one.counts_until)
      return fmt::format(
          "{} has no key left that signs, and counts in approvals until {}; from then on {}",
          person.value(), to_rfc3339(*one.counts_until),
          afterwards(approvers_at(services, *one.counts_until), person));
  return std::nullopt;
}

}  // namespace tally::api
