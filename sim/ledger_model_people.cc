// Two people are two: who had a say when something was decided that one may not decide alone, told
// from claims of keys and signatures alone.

#include <algorithm>

#include "sim/ledger_model.h"

namespace tally::sim {

namespace {

constexpr Duration kOneDay = seconds(86'400);

bool is_of_two(std::set<std::string> const& roles) {
  return roles.contains("admin") || roles.contains("approver");
}

// Whether the event is one that nobody brings about alone. The opening's own are not.
bool takes_two(domain::Event const& event, std::size_t people) {
  if (auto const* run = std::get_if<domain::run::Events>(&event)) {
    auto const* settled = std::get_if<domain::run::Settled>(run);
    return settled != nullptr && settled->reason == "audit_resolved";
  }
  if (auto const* mode = std::get_if<domain::mode::Events>(&event)) {
    auto const& changed = std::get<domain::mode::Changed>(*mode);
    return changed.from >= domain::mode::Mode::stop && changed.row.mode < changed.from;
  }
  auto const* group = std::get_if<domain::directory::Events>(&event);
  if (group == nullptr) return false;
  if (auto const* added = std::get_if<domain::directory::PersonAdded>(group))
    return people > 0 && is_of_two(added->row.roles);
  auto const* removed = std::get_if<domain::directory::PersonRemoved>(group);
  return removed != nullptr && is_of_two(removed->row.roles);
}

}  // namespace

// A day after a key that may sign was claimed, until a day after the last such key ended.
std::set<PersonId> LedgerModel::who_counts() const {
  std::set<PersonId> people;
  Instant const at = header().at;
  for (auto const& [key, voice] : voices_) {
    bool const in_time =
        voice.from <= at && (!voice.end || (voice.from <= *voice.end && at < *voice.end + kOneDay));
    if (in_time && named_.contains(voice.person)) people.insert(voice.person);
  }
  return people;
}

// What takes two stands right behind the signature that completes it.
void LedgerModel::check_two_people() {
  if (!takes_two(entries_.back().recorded.event, named_.size())) return;
  auto const* before = at(size() - 2);
  auto const* group =
      before ? std::get_if<domain::approval::Events>(&before->recorded.event) : nullptr;
  auto const* given = group ? std::get_if<domain::approval::Signed>(group) : nullptr;
  require(given != nullptr && given->granted, "what takes two people follows their signatures");
}

// The key in the event's header has had its say for a day, if it was ever claimed.
void LedgerModel::check_actor(std::string_view what) {
  auto const key = keys_count_from_.find(header().actor);
  require(key == keys_count_from_.end() || key->second <= header().at, what);
}

void LedgerModel::note_key(KeyId id, domain::directory::Key const& key, Instant from) {
  if (is_of_two(key.scopes) || key.scopes.contains("approve"))
    voices_.insert_or_assign(id, Voice{.person = key.person, .from = from, .end = key.expires_at});
}

// A key that somebody makes for themselves has its say when the key did that made it; the
// operator's, which no key made, from the opening.
void LedgerModel::note_people(domain::directory::Events const& event) {
  if (auto const* added = std::get_if<domain::directory::PersonAdded>(&event))
    if (is_of_two(added->row.roles)) named_.insert(added->person);
  if (auto const* removed = std::get_if<domain::directory::PersonRemoved>(&event))
    named_.erase(removed->person);
  if (auto const* made = std::get_if<domain::directory::KeyCreated>(&event)) {
    auto const maker = parse_id<KeyId>(header().actor);
    auto const by = maker ? voices_.find(*maker) : voices_.end();
    if (!made->row.claim && made->row.person == made->person)
      note_key(made->key, made->row, by == voices_.end() ? header().at : by->second.from);
  }
  if (auto const* claimed = std::get_if<domain::directory::KeyClaimed>(&event)) {
    Instant const from = header().at + kOneDay;
    keys_count_from_.emplace(to_text(claimed->key), from);
    note_key(claimed->key, claimed->row, from);
  }
  if (auto const* revoked = std::get_if<domain::directory::KeyRevoked>(&event)) {
    auto const at = voices_.find(revoked->key);
    if (at == voices_.end()) return;
    auto& end = at->second.end;
    end = end ? std::min(*end, header().at) : header().at;
  }
}

void LedgerModel::note(domain::approval::Events const& event) {
  if (auto const* made = std::get_if<domain::approval::Proposed>(&event)) {
    auto const counting = who_counts();
    Proposal proposal{.agree = {}, .counted = counting, .quorum = made->row.quorum};
    bool const of_the_file = made->row.proposer.value().empty();
    if (!of_the_file) proposal.agree.insert(made->row.proposer);
    require(of_the_file || counting.contains(made->row.proposer), "only who counts proposes");
    require(std::ranges::includes(counting, made->row.counted), "nobody counts before their day");
    require(proposal.quorum >= 2 || counting.size() == 1,
            "one decides alone only where one counts");
    check_actor("a key proposes nothing within a day of its claim");
    proposals_.emplace(made->approval, proposal);
  } else if (auto const* given = std::get_if<domain::approval::Signed>(&event)) {
    Proposal& proposal = proposals_[given->approval];
    require(proposal.counted.contains(given->person), "only who counted signs");
    check_actor("a key signs nothing within a day of its claim");
    bool const again = !proposal.agree.insert(given->person).second;
    require(!again || proposal.quorum == 1, "nobody signs twice, nor what they proposed");
    require(given->granted == (std::ssize(proposal.agree) >= proposal.quorum),
            "two people are two");
  } else if (auto const* ended = std::get_if<domain::approval::Aborted>(&event)) {
    proposals_.erase(ended->approval);
  }
}

}  // namespace tally::sim
