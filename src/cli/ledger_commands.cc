// tally ledger checkpoint; verify, cat and prove have their own files.

#include "cli/ledger_commands.h"

#include "cli/commands.h"
#include "cli/offline.h"
#include "json/writer.h"

namespace tally::cli {

namespace {

ExitCode checkpoint(Call& call) {
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  std::optional<SignedHead> last;
  auto const walked = walk_leaves(*ledger, [&](std::uint64_t, ByteView leaf) {
    if (auto head = checkpoint_in(leaf)) last = std::move(head);
    return true;
  });
  if (!walked) return report_no_ledger(call, walked.error());
  if (ExitCode const code = report_damage(call, walked->damage); code != ExitCode::yes) return code;
  if (!last) {
    call.console.complain("the ledger has no checkpoint yet",
                          "start the server; it signs one soon after the first event");
    return ExitCode::inconclusive;
  }
  if (!call.json) {
    call.console.out() << last->note;
    return ExitCode::yes;
  }
  std::string text;
  json::Writer(text)
      .begin_object()
      .member("size", last->size)
      .member("checkpoint", last->note)
      .end_object();
  call.console.out() << text << '\n';
  return ExitCode::yes;
}

Action declare_checkpoint(Arguments&) { return checkpoint; }

std::string text_of(json::Value const& from, std::string_view name) {
  json::Value const* member = from.find(name);
  return member == nullptr || member->string() == nullptr ? "" : *member->string();
}

}  // namespace

LeafHead head_of(ByteView leaf) {
  auto const document = json::parse(as_text(leaf));
  if (!document) return {};
  return {.type = text_of(*document, "type"), .run = text_of(*document, "run_id")};
}

std::optional<SignedHead> checkpoint_in(ByteView leaf) {
  constexpr std::string_view kType = "checkpoint.signed";
  if (as_text(leaf).find(kType) == std::string_view::npos) return std::nullopt;
  auto const document = json::parse(as_text(leaf));
  if (!document || text_of(*document, "type") != kType) return std::nullopt;
  json::Value const* body = document->find("body");
  json::Value const* size = body == nullptr ? nullptr : body->find("size");
  if (size == nullptr || size->integer() == nullptr) return std::nullopt;
  return SignedHead{.size = static_cast<std::uint64_t>(*size->integer()),
                    .note = text_of(*body, "note")};
}

std::span<Command const> ledger_commands() {
  static constexpr std::array<Command, 4> kRows{{
      {"ledger verify", "Checks every byte, hash, signature and balance",
       "tally ledger verify --data data", Reach::data, declare_verify},
      {"ledger cat", "Writes the exact leaves, one a line",
       "tally ledger cat --data data --type run.settled --limit 10", Reach::data, declare_cat},
      {"ledger checkpoint", "Writes the last signed checkpoint",
       "tally ledger checkpoint --data data", Reach::data, declare_checkpoint},
      {"ledger prove", "Proves one event, or checks such a proof",
       "tally ledger prove 12 --data data -o 12.tlog-proof --leaf-out 12.json", Reach::data,
       declare_prove},
  }};
  return kRows;
}

}  // namespace tally::cli
