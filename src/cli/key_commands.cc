// tally key create, claim, claim-code, list, revoke.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/proposals.h"

namespace tally::cli {

namespace {

void show_key(std::ostream& out, wire::Key const& key) {
  fmt::print(out, "{}  tenant {}  owner {}  scopes {}", to_text(key.key_id), key.tenant.value(),
             key.owner.value(), fmt::join(key.scopes, ","));
  if (key.expires_at) fmt::print(out, "  expires {}", to_rfc3339(*key.expires_at));
  if (key.claim_expires_at)
    fmt::print(out, "  unclaimed, code until {}", to_rfc3339(*key.claim_expires_at));
  fmt::print(out, "{}\n", key.revoked ? "  revoked" : "");
}

void say_token_is_shown_once(Call& call, wire::Key const& key) {
  call.console.note(
      fmt::format("{}: this is the only time that its token is shown", to_text(key.key_id)));
}

void show_code(Call& call, std::ostream& out, PersonId const& owner, std::string const& code,
               Instant expires_at) {
  fmt::print(out, "{}\n", code);
  call.console.note(fmt::format(
      "the claim code for {}, shown once; it works once, until {}\n  next: {} runs tally key claim "
      "{}",
      owner.value(), to_rfc3339(expires_at), owner.value(), code));
}

void show_created(Call& call, wire::Key const& key) {
  if (key.claim_code)
    return show_code(call, call.console.out(), key.owner, *key.claim_code,
                     key.claim_expires_at.value_or(Instant{}));
  fmt::print(call.console.out(), "{}\n", key.token.value_or(""));
  say_token_is_shown_once(call, key);
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
      return present_proposed(call, client.create_key(*request),
                              [&](wire::Key const& key) { show_created(call, key); });
    });
  };
}

Action declare_claim(Arguments& arguments) {
  auto request = std::make_shared<wire::ClaimRequest>();
  arguments.option("code", request->code, "tc_..., from whoever made the key").required();
  return [request](Call& call) {
    return without_key(call, [&](client::TallyClient& client) {
      auto const asked = client.claim(*request);
      ExitCode const code = present(call, asked, [](std::ostream& out, wire::Key const& key) {
        fmt::print(out, "{}\n", key.token.value_or(""));
      });
      if (!asked || call.json) return code;
      say_token_is_shown_once(call, asked->message);
      if (asked->message.counts_from)
        call.console.note(fmt::format("  it counts in approvals from {}, if {} may approve",
                                      to_rfc3339(*asked->message.counts_from),
                                      asked->message.owner.value()));
      return code;
    });
  };
}

Action declare_claim_code(Arguments& arguments) {
  auto key = std::make_shared<KeyId>();
  arguments.option("key", *key, "key_..., of tally key list").required();
  return [key](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      return present(call, client.claim_code(*key),
                     [&](std::ostream& out, wire::ClaimCode const& one) {
                       show_code(call, out, one.owner, one.claim_code, one.expires_at);
                     });
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
  static constexpr std::array<Command, 5> kRows{{
      {"key create", "Makes a key: its token, or a claim code for another person",
       "tally key create --tenant default --person bob --scope approve", Reach::server,
       declare_create},
      {"key claim", "Fetches the token of a key with its claim code, once",
       "tally key claim tc_0123456789abcdef0123456789abcdef01234567", Reach::server, declare_claim},
      {"key claim-code", "Shows the claim code of a key that was approved, once",
       "tally key claim-code key_0123456789abcdef", Reach::server, declare_claim_code},
      {"key list", "Lists keys, without their tokens", "tally key list", Reach::server,
       declare_list},
      {"key revoke", "Ends a key for good", "tally key revoke key_0123456789abcdef", Reach::server,
       declare_revoke},
  }};
  return kRows;
}

}  // namespace tally::cli
