// tally key create, claim, claim-code: what shows a secret once.

#include <fmt/ostream.h>

#include "cli/commands.h"
#include "cli/proposals.h"

namespace tally::cli {

namespace {

void say_token_is_shown_once(Call& call, wire::Key const& key) {
  call.console.note(
      fmt::format("{}: this is the only time that its token is shown", to_text(key.key_id)));
}

void show_code(Call& call, wire::ClaimCode const& one) {
  fmt::print(call.console.out(), "{}\n", one.claim_code);
  call.console.note(fmt::format(
      "{0}: the claim code for {1}, shown once; it works once, until {2}\n"
      "  next: {1} runs tally key claim {3}",
      to_text(one.key_id), one.owner.value(), to_rfc3339(one.expires_at), one.claim_code));
}

void show_created(Call& call, wire::Key const& key) {
  if (key.claim_code)
    return show_code(call, {.key_id = key.key_id,
                            .owner = key.owner,
                            .claim_code = *key.claim_code,
                            .expires_at = key.claim_expires_at.value_or(Instant{})});
  fmt::print(call.console.out(), "{}\n", key.token.value_or(""));
  say_token_is_shown_once(call, key);
}

// Its token, or its claim code, stood in the first answer and is kept nowhere.
ExitCode report_not_shown_again(Call& call, wire::Key const& key) {
  std::string const id = to_text(key.key_id);
  call.console.complain(
      fmt::format("{} was created by an earlier request with this idempotency key; its {} was "
                  "shown then, once, and is kept nowhere",
                  id, key.claim_expires_at ? "claim code" : "token"),
      fmt::format("if that answer is lost: tally key revoke {}, then tally key create with another "
                  "--idempotency-key, or none",
                  id));
  return ExitCode::no;
}

Action declare_create(Arguments& arguments) {
  auto request = std::make_shared<wire::KeyRequest>();
  arguments.option("--tenant", request->tenant, "Whose budget the key spends").required();
  arguments.option("--person", request->owner, "Whom it belongs to; you, when left out");
  arguments.option("--scope", request->scopes, "What it may do; several, or comma-separated")
      .required()
      .comma_separated()
      .one_of(kWords<KeyScope>);
  arguments.option("--expires", request->expires_at, "When it ends; never, when left out");
  return [request](Call& call) {
    return online(call, [&](client::TallyClient& client) {
      auto const asked = client.create_key(*request);
      auto const opens = [](wire::Key const& key) { return key.token || key.claim_code; };
      ExitCode const code = present_proposed(call, asked, [&](wire::Key const& key) {
        if (opens(key)) show_created(call, key);
      });
      if (!asked || !asked->message.done || opens(*asked->message.done)) return code;
      return report_not_shown_again(call, *asked->message.done);
    });
  };
}

// Who claims has no key yet, with which to look at lists.
ExitCode no_such_code(Call& call, wire::Problem const& problem) {
  call.console.complain(problem.detail,
                        "see that the code is whole; it works once, and for a while: ask who made "
                        "the key for another");
  return ExitCode::no;
}

Action declare_claim(Arguments& arguments) {
  auto request = std::make_shared<wire::ClaimRequest>();
  arguments.option("code", request->code, "tc_..., from whoever made the key").required();
  return [request](Call& call) {
    return without_key(call, [&](client::TallyClient& client) {
      auto const asked = client.claim(*request);
      if (!asked && asked.error().problem && asked.error().problem->code == "not_found" &&
          !call.json)
        return no_such_code(call, *asked.error().problem);
      ExitCode const code = present(call, asked, [](std::ostream& out, wire::Key const& key) {
        fmt::print(out, "{}\n", key.token.value_or(""));
      });
      if (!asked || call.json) return code;
      say_token_is_shown_once(call, asked->message);
      if (asked->message.counts_from)
        call.console.note(fmt::format("  it counts in approvals from {}",
                                      to_rfc3339(*asked->message.counts_from)));
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
                     [&](std::ostream&, wire::ClaimCode const& one) { show_code(call, one); });
    });
  };
}

}  // namespace

std::span<Command const> key_commands() {
  static constexpr std::array<Command, 3> kRows{{
      {"key create", "Makes a key: its token, or a claim code for another person",
       "tally key create --tenant default --person bob --scope approve", Reach::changes,
       declare_create},
      {"key claim", "Fetches the token of a key with its claim code, once",
       "tally key claim tc_0123456789abcdef0123456789abcdef01234567", Reach::server, declare_claim},
      {"key claim-code", "Shows the claim code of a key that was approved, once",
       "tally key claim-code key_0123456789abcdef", Reach::changes, declare_claim_code},
  }};
  return kRows;
}

}  // namespace tally::cli
