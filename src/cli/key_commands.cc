// tally key create, list, revoke.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/online.h"

namespace tally::cli {

namespace {

void show_key(std::ostream& out, wire::Key const& key) {
  fmt::print(out, "{}  tenant {}  owner {}  scopes {}", to_text(key.key_id), key.tenant.value(),
             key.owner.value(), fmt::join(key.scopes, ","));
  if (key.expires_at) fmt::print(out, "  expires {}", to_rfc3339(*key.expires_at));
  fmt::print(out, "{}\n", key.revoked ? "  revoked" : "");
}

Action declare_create(Arguments& arguments) {
  auto request = std::make_shared<wire::KeyRequest>();
  arguments.option("--tenant", request->tenant, "Whose budget the key spends").required();
  arguments.option("--person", request->owner, "Whom it belongs to; you, when left out");
  arguments.option("--scope", request->scopes, "What it may do; several, or comma-separated")
      .required()
      .comma_separated()
      .one_of(wire::kScopeWords);
  arguments.option("--expires", request->expires_at, "When it ends; never, when left out");
  return [request](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.create_key(*request);
      ExitCode const code = present(call, asked, [](std::ostream& out, wire::Key const& key) {
        fmt::print(out, "{}\n", key.token.value_or(""));
      });
      if (!asked || call.json) return code;
      call.console.note(fmt::format("{}: this is the only time that its token is shown",
                                    to_text(asked->message.key_id)));
      return code;
    });
  };
}

Action declare_list(Arguments&) {
  return [](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.keys(), [](std::ostream& out, wire::KeyList const& list) {
        for (wire::Key const& key : list.keys) show_key(out, key);
      });
    });
  };
}

Action declare_revoke(Arguments& arguments) {
  auto key = std::make_shared<KeyId>();
  arguments.option("key", *key, "key_...").required();
  return [key](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.revoke_key(*key), [&](std::ostream& out, wire::Key const&) {
        fmt::print(out, "revoked {}\n", to_text(*key));
      });
    });
  };
}

}  // namespace

std::span<Command const> key_commands() {
  static constexpr std::array<Command, 3> kRows{{
      {"key create", "Makes a key and shows its token once",
       "tally key create --tenant default --person operator --scope runs:read,runs:write",
       Reach::server, declare_create},
      {"key list", "Lists keys, without their tokens", "tally key list", Reach::server,
       declare_list},
      {"key revoke", "Ends a key for good", "tally key revoke key_0123456789abcdef", Reach::server,
       declare_revoke},
  }};
  return kRows;
}

}  // namespace tally::cli
