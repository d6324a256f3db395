#include "views/ops_view.h"

#include <algorithm>

#include "base/ids.h"
#include "domain/mode/decide.h"
#include "domain/permits.h"

namespace tally::views {

namespace {

using domain::mode::Scope;
using domain::mode::ScopeKind;

bool is_id_of(ScopeKind kind, std::string_view id) {
  switch (kind) {
    case ScopeKind::everything:
      return id.empty();
    case ScopeKind::tenant:
    case ScopeKind::job:
      return is_name(id);
    case ScopeKind::key:
      return parse_id<KeyId>(id).has_value();
    case ScopeKind::run:
      return parse_id<RunId>(id).has_value();
  }
  return false;
}

// What a command says that people want to see; of most kinds the words of the proposal say it all.
template <class C>
void tell(wire::Approval& view, C const& command) {
  if constexpr (requires { command.reason; }) view.reason = command.reason;
  if constexpr (requires { command.charge; }) view.charge_usd = command.charge;
  if constexpr (std::same_as<C, domain::mode::Set>) {
    view.mode = std::string(name_of(command.mode));
    view.scope = scope_text(command.scope);
  }
}

}  // namespace

std::string scope_text(Scope const& scope) {
  std::string text(name_of(scope.kind));
  return scope.kind == ScopeKind::everything ? text : text + ":" + scope.id;
}

std::optional<Scope> parse_scope(std::string_view text) {
  auto const colon = text.find(':');
  auto const word = text.substr(0, colon);
  auto const id = colon == std::string_view::npos ? std::string_view() : text.substr(colon + 1);
  for (ScopeKind kind : domain::mode::all_of(ScopeKind{})) {
    if (word == name_of(kind) && is_id_of(kind, id)) return Scope{std::string(id), kind};
  }
  return std::nullopt;
}

std::optional<std::string> next_mode(domain::mode::Row const& row, Instant now) {
  for (auto mode : domain::mode::all_of(domain::mode::Mode{}))
    if (mode < row.mode && !domain::mode::objection(row, mode, now))
      return std::string(name_of(mode));
  return std::nullopt;
}

std::optional<Instant> safe_until(domain::mode::Row const& row, Instant now) {
  return row.safe_until && now < *row.safe_until ? row.safe_until : std::nullopt;
}

std::string way_out_text(domain::mode::Row const& row, Instant now) {
  if (row.mode == domain::mode::Mode::halt)
    return "a halt is lifted to safe mode, which then stands for 48 h before normal mode";
  if (auto const until = safe_until(row, now))
    return "after a halt, normal mode not before " + to_rfc3339(*until);
  return {};
}

wire::Mode mode_view(Scope const& scope, domain::mode::Row const& row, Instant now) {
  return {.mode = std::string(name_of(row.mode)),
          .scope = scope_text(scope),
          .reason = row.reason,
          .since = row.since,
          .safe_until = safe_until(row, now),
          .next_mode = next_mode(row, now)};
}

wire::ApprovalList approvers_view(std::map<PersonId, domain::directory::Person> const& people,
                                  domain::KeysByPerson const& keys, std::int64_t quorum,
                                  Instant now) {
  wire::ApprovalList list;
  list.quorum = quorum;
  for (auto const& [id, person] : people) {
    if (!domain::may_approve(person)) continue;
    auto const own = domain::keys_of(keys, id);
    auto const from = domain::counts_from(person, own, now);
    list.people.push_back({.person = id,
                           .counts = from && *from <= now,
                           .counts_from = from,
                           .counts_until = domain::counts_until(person, own, now)});
  }
  list.single_operator = std::ranges::count(list.people, true, &wire::Approver::counts) == 1;
  return list;
}

wire::Approval approval_view(ApprovalId id, domain::approval::Row const& row) {
  wire::Approval view;
  view.approval_id = id;
  view.kind = domain::type_of(row.command).name;
  view.what = row.what;
  if (!row.proposer.value().empty()) view.proposer = row.proposer;
  view.signers = {row.signers.begin(), row.signers.end()};
  for (PersonId const& person : row.counted)
    if (person != row.proposer && !row.signers.contains(person)) view.may_sign.push_back(person);
  view.quorum = row.quorum;
  view.signatures_missing = row.missing();
  view.single_operator = row.single_operator;
  view.proposed_at = row.proposed_at;
  view.expires_at = row.expires_at;
  view.run_id = row.run;
  std::visit(
      [&](auto const& group) { std::visit([&](auto const& one) { tell(view, one); }, group); },
      row.command);
  return view;
}

}  // namespace tally::views
