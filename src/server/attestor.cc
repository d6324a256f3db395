#include "server/attestor.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/thread_priority.h"

namespace tally::server {

namespace {

void report(wiring::Node& node, Severity severity, std::string type, std::string message,
            std::string inside) {
  ports::ErrorReport report;
  report.severity = severity;
  report.exception_type = std::move(type);
  report.message = std::move(message);
  report.chain = {{"attestor", std::move(inside)}};
  ports::ErrorReporter<Layer::L7>(&node.errors(), "attestor")
      .report<ErrorClass::infra_storage>(std::move(report));
}

void act_on(ports::Collected const& collected, Log& log, wiring::Node& node) {
  using metrics::kTable;
  metrics::Registry& metrics = node.api().metrics();
  metrics.add(kTable.blobs_removed, static_cast<std::int64_t>(collected.blobs));
  metrics.add(kTable.blobs_removed_bytes, static_cast<std::int64_t>(collected.bytes));
  metrics.add(kTable.blobs_not_removed, static_cast<std::int64_t>(collected.failed));
  if (collected.bytes > 0)
    log.write({.message = "blobs that no event names were removed",
               .detail = fmt::format("{} blobs, {} bytes", collected.blobs, collected.bytes)});
  if (collected.fault)
    report(node, Severity::warning, "blobs_not_removed",
           "blobs that no event names could not be removed; the next reading of the whole ledger "
           "tries again",
           fmt::format("{} in all, the first: {}", collected.failed, collected.fault->internal));
}

}  // namespace

void act_on(Attestation const& attestation, Instant at, Log& log, wiring::Node& node) {
  using metrics::kTable;
  metrics::Registry& metrics = node.api().metrics();
  auto const count = [&](metrics::ByAttestation::Value result) {
    metrics.add(kTable.attestation_passes, 1, result);
  };
  if (!attestation.found) {
    count("unreadable");
    Error const& error = attestation.found.error();
    return report(node, Severity::critical, "ledger_unreadable",
                  "the ledger could not be read as a whole", error.detail + " " + error.internal);
  }
  audit::Report const& found = attestation.found->report;
  if (!found.ok) {
    count("differs");
    auto const what =
        found.bad_seq ? fmt::format("event {}: {}", *found.bad_seq, found.what) : found.what;
    report(node, Severity::critical, "ledger_differs",
           "the ledger on the disk is not what was written to it", what);
    return node.halt("the ledger on the disk differs: " + what);
  }
  count("ok");
  if (attestation.collected) act_on(*attestation.collected, log, node);
  metrics.set(kTable.attestation_verified_seq, static_cast<std::int64_t>(found.events));
  if (auto const& saved = attestation.found->saved; !saved)
    report(node, Severity::warning, "snapshot_not_saved",
           "a snapshot of the state could not be saved; the next start will take longer",
           saved.error().detail + " " + saved.error().internal);
  if (auto const& differed = attestation.found->tail_differed)
    report(node, Severity::warning, "snapshot_differed",
           "a snapshot of the state was wrong, and the ledger is in order", *differed);
  if (attestation.reach == ledger::Reach::tail) return;
  metrics.set(kTable.attestation_last_success, at);
  auto const detail =
      fmt::format("{} events, {} checkpoints, root {}, in {} ms", found.events, found.checkpoints,
                  found.root.hex(), attestation.took.value() / milliseconds(1).value());
  log.write({.message = "the ledger was read as a whole and is in order", .detail = detail});
}

Attestor::Attestor(World world, Pace pace)
    : world_(std::move(world)), pace_(pace), thread_([this] { run(); }) {}

Attestor::~Attestor() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

bool Attestor::stopping() const {
  std::lock_guard const lock(mutex_);
  return stopping_;
}

void Attestor::wait(Duration most) {
  std::unique_lock lock(mutex_);
  stopped_.wait_for(lock, std::chrono::microseconds(most.value()), [this] { return stopping_; });
}

void Attestor::run() {
  platform::lower_thread_priority();
  Duration whole_due = world_.clock.monotonic();
  Duration tend_due = whole_due;
  std::uint64_t read_to = 0;
  bool differed = false;  // told once; from then on only the index is kept up
  while (!stopping()) {
    // In this order: the files of the index reach behind the snapshot, and what was acknowledged
    // reaches behind the checkpoint, though the loop goes on meanwhile.
    std::uint64_t const checkpointed = world_.checkpointed();
    bool const whole = !differed && world_.clock.monotonic() >= whole_due;
    bool const grown = !differed && world_.acknowledged() >= read_to + pace_.snapshot_every;
    if (world_.clock.monotonic() >= tend_due) {
      using What = ledger::IndexKeeper::What;
      auto const what = whole ? What::all_checked : grown ? What::all : What::full;
      bool const tended = world_.tend_index(what, [this] { return !stopping(); });
      if (!tended) tend_due = world_.clock.monotonic() + pace_.tend_after_a_fault;
    }
    if ((whole || grown) && !stopping()) {
      Instant const began = world_.blobs.now();
      std::uint64_t const size = world_.acknowledged();
      auto done = pass({.vkey = world_.vkey,
                        .acknowledged = size,
                        .checkpointed = checkpointed,
                        .reach = whole ? ledger::Reach::whole : ledger::Reach::tail,
                        .progress = {}});
      if (stopping()) return;
      if (done.found)
        done.collected =
            ledger::collect_documents(done.found->report, world_.blobs, began - ports::kBlobGrace,
                                      [this] { return !stopping(); });
      world_.attested(done);
      differed = done.found && !done.found->report.ok;
      Duration const now = world_.clock.monotonic();
      if (!done.found) whole_due = now + pace_.after_a_fault;
      if (done.found && whole) whole_due = now + pace_.every;
      read_to = size;
    }
    Duration const left = whole_due - world_.clock.monotonic();
    wait(differed ? pace_.look_up : std::clamp(left, Duration(0), pace_.look_up));
  }
}

Attestation Attestor::pass(ledger::AttestOptions options) {
  Duration const began = world_.clock.monotonic();
  options.progress = [this](std::uint64_t) { return stopping() ? audit::Go::stop : audit::Go::on; };
  auto found = ledger::attest(world_.disk, world_.snapshots, options);
  return {
      .reach = options.reach, .found = std::move(found), .took = world_.clock.monotonic() - began};
}

}  // namespace tally::server
