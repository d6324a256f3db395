#include "server/wiring/checkpoint_signer.h"

#include "merkle/checkpoint.h"

namespace tally::wiring {

void CheckpointSigner::order(ledger::SignHead head) {
  shared_.with([&](Shared& shared) { shared.head = std::move(head); });
}

void CheckpointSigner::step() {
  auto [head, recorded] = shared_.with([](Shared& shared) {
    return std::pair(std::exchange(shared.head, {}), std::exchange(shared.recorded, {}));
  });
  // A failed note costs nothing but the next start's sharpest check; the log's own writes fail
  // stop, so a dying disk shows there.
  if (recorded) note(*recorded);
  if (!head) return;
  auto text = sign(*head);
  if (!text) return on_bad_(text.error());
  record(*head, std::move(*text));
}

void CheckpointSigner::note(ledger::SignHead const& head) {
  auto const noted = log_.note_head(static_cast<std::uint64_t>(head.size), head.root);
  if (!noted) errors_.report<ErrorClass::infra_storage>(ports::report_of(noted.error()));
}

Result<std::string> CheckpointSigner::sign(ledger::SignHead const& head) {
  std::string const text = merkle::format_checkpoint({.origin = key_.name,
                                                      .size = static_cast<std::uint64_t>(head.size),
                                                      .root = head.root,
                                                      .extensions = {}});
  TRY(signature, signer_.sign(as_bytes(text)));
  std::string note = merkle::format_note(
      {.text = text, .signatures = {merkle::ed25519_signature(key_, signature)}});
  TRY(opened, merkle::open_checkpoint(note, key_));
  if (opened.root != head.root)
    return fail("bad_signature", "the signed checkpoint is not the ordered one");
  return note;
}

void CheckpointSigner::record(ledger::SignHead const& head, std::string note) {
  domain::system::CheckpointSigned command{
      .note = std::move(note), .size = head.size, .state_digest = head.state_digest};
  loop_.post(ledger::Lane::control,
             {.command = domain::system::Commands(std::move(command)),
              .enclosure = {},
              .origin = {.actor = "server", .correlation = {}, .span = {}, .tenant = {}},
              .done = [this, head](ledger::Answer answer) {
                if (answer.fate == ledger::PostStatus::decided && answer.entry)
                  shared_.with([&](Shared& shared) { shared.recorded = head; });
              }});
}

}  // namespace tally::wiring
