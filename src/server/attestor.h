#pragma once

// Reads the ledger while the server runs, as a stranger would: the whole of it once after the start
// and whenever it is asked to (by the system run that the schedule `attest` fires, daily), and in
// between, whenever it has grown by so much, what is behind the last snapshot. The start has folded
// every event or went on from a snapshot, but what it read may rot later, and a fold checks neither
// the books nor every state digest. A difference is no reason to end, since nothing more can be
// lost by reading; it is a reason to halt.
//
//     start ── whole ── ok ──── grown ── tail ── ok ──── asked ── whole ── ...
//                └── differs ── told once ── (no further pass)
//                └── cannot read ── told ──── an hour ── whole
//
// A pass leaves a snapshot of the state under the last checkpoint for the next start, which needs
// the index of the events before it, too: so its files are kept up here. After a pass over the
// whole the blobs that no event names are removed.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "ledger/attest.h"
#include "ledger/index_keeper.h"
#include "ports/clock.h"
#include "server/log.h"
#include "server/wiring/node.h"

namespace tally::server {

// One pass over the ledger. Errors are for a directory that cannot be read.
struct Attestation {
  ledger::Reach reach = ledger::Reach::whole;
  Result<ledger::Attested> found;
  Duration took;
  std::optional<ports::Collected> collected = {};  // after a whole one that found no difference
};

// What the server does about it: metrics and a log line; an error where the ledger cannot be read;
// an error and a halt where it differs; a warning where blobs could not be removed.
void act_on(Attestation const& attestation, Instant at, Log& log, wiring::Node& node);

// The result of a run that read the whole ledger: {"events","ok","root"}.
std::string result_of(audit::Report const& report);

class Attestor {
 public:
  struct World {
    ports::Disk& disk;  // the ledger's directory, for reading
    ledger::Snapshots& snapshots;
    ports::Blobs& blobs;
    // On the attestor's thread; false: it could not be done, and is not tried again at once.
    std::function<bool(ledger::IndexKeeper::What, ledger::GoOn const&)> tend_index;
    ports::Clock const& clock;
    std::string vkey;  // the key that the ledger was opened with
    // Events that somebody may have been told of: fewer on the disk are a difference.
    std::function<std::uint64_t()> acknowledged;
    std::function<std::uint64_t()> checkpointed;       // ledger::AttestOptions
    std::function<void(Attestation const&)> attested;  // on the attestor's thread
  };
  struct Pace {
    Duration after_a_fault = hours(1);
    std::uint64_t snapshot_every = 200'000;  // events
    Duration look_up = seconds(1);           // whether the ledger has grown
    Duration tend_after_a_fault = seconds(60);
  };

  Attestor(World world, Pace pace);
  explicit Attestor(World world) : Attestor(std::move(world), Pace{}) {}
  ~Attestor();  // stops
  Attestor(Attestor const&) = delete;
  Attestor& operator=(Attestor const&) = delete;

  // Reads the whole ledger now and returns what was found, after `World::attested` was told of it.
  // What differed once differs still, and is not read again. Waits for the pass, which may take
  // hours; any thread but the attestor's. Errors: those of ledger::attest; "stopped": the pass was
  // given up, because `go_on` said so or the attestor stops.
  Result<audit::Report> full_pass(std::function<bool()> const& go_on);
  // A pass under way is given up, and there is no other.
  void stop();

 private:
  // Somebody waits in full_pass.
  struct Asked {
    std::function<bool()> go_on;
    std::optional<Result<audit::Report>> answer;
  };
  void run();
  void answer(Result<audit::Report> found);
  Attestation pass(ledger::AttestOptions options, bool for_somebody);
  bool stopping() const;
  bool asked() const;
  bool goes_on(bool for_somebody) const;
  void wait(Duration most);

  World world_;
  Pace pace_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::mutex one_asks_;     // at a time
  Asked* asked_ = nullptr;  // until it is answered
  std::thread thread_;
};

}  // namespace tally::server
