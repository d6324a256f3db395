#pragma once

// Carries out orders to sign a head: builds the checkpoint, signs it through the port, verifies the
// signature before anything is recorded (VAL-1), records it, and notes the head beside the log so
// that a rolled-back log is refused. Orders come from the loop's thread; step() from another.

#include <functional>
#include <optional>

#include "base/mutex.h"
#include "ledger/loop.h"
#include "merkle/vkey.h"
#include "ports/error_sink.h"
#include "ports/log_store.h"
#include "ports/signer.h"

namespace tally::wiring {

class CheckpointSigner {
 public:
  // `on_bad_signature`: the signer produced what its own key does not verify; nothing was written.
  CheckpointSigner(ledger::Loop& loop, ports::LogStore& log, ports::Signer& signer,
                   merkle::VerifierKey key, ports::ErrorReporter<Layer::L7> errors,
                   std::function<void(Error const&)> on_bad_signature)
      : loop_(loop),
        log_(log),
        signer_(signer),
        key_(std::move(key)),
        errors_(std::move(errors)),
        on_bad_(std::move(on_bad_signature)) {}

  // Only the latest head is signed; an older one that waits is covered by it.
  void order(ledger::SignHead head);
  void step();

 private:
  struct Shared {
    std::optional<ledger::SignHead> head;
    std::optional<ledger::SignHead> recorded;  // durable as an event, not yet noted beside the log
  };
  void note(ledger::SignHead const& head);
  Result<std::string> sign(ledger::SignHead const& head);
  void record(ledger::SignHead const& head, std::string note);

  ledger::Loop& loop_;
  ports::LogStore& log_;
  ports::Signer& signer_;
  merkle::VerifierKey key_;
  ports::ErrorReporter<Layer::L7> errors_;
  std::function<void(Error const&)> on_bad_;
  Mutex<Shared> shared_;
};

}  // namespace tally::wiring
