#include "views/ops_view.h"

#include "base/ids.h"

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

std::optional<domain::mode::Mode> parse_mode(std::string_view text) {
  for (auto mode : domain::mode::all_of(domain::mode::Mode{})) {
    if (text == name_of(mode)) return mode;
  }
  return std::nullopt;
}

wire::Mode mode_view(Scope const& scope, domain::mode::Row const& row) {
  return {.mode = std::string(name_of(row.mode)),
          .scope = scope_text(scope),
          .reason = row.reason,
          .since = row.since,
          .safe_until = row.safe_until};
}

wire::Approval approval_view(ApprovalId id, domain::approval::Row const& row) {
  wire::Approval view;
  view.approval_id = id;
  view.kind = name_of(row.subject.kind);
  view.reason = row.subject.reason;
  view.proposer = row.proposer;
  view.signers = {row.signers.begin(), row.signers.end()};
  view.quorum = row.quorum;
  view.single_operator = row.single_operator;
  view.expires_at = row.expires_at;
  view.run_id = row.subject.run;
  if (row.subject.kind == domain::approval::Kind::audit) {
    view.charge_usd = row.subject.charge;
  } else {
    view.mode = std::string(name_of(row.subject.mode));
    view.scope = scope_text(row.subject.scope);
  }
  return view;
}

}  // namespace tally::views
