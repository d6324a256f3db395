#include "server/attestor.h"

#include <fmt/format.h>

#include <algorithm>

#include "platform/thread_priority.h"

namespace tally::server {

namespace {

void report(wiring::Node& node, Severity severity, std::string type, std::string message,
            std::string internal) {
  ports::ErrorReport report;
  report.severity = severity;
  report.exception_type = std::move(type);
  report.message = std::move(message);
  report.chain = {{"attestor", std::move(internal)}};
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

std::string result_of(audit::Report const& report) {
  return fmt::format(R"({{"events":{},"ok":{},"root":"{}"}})", report.events, report.ok,
                     report.root.hex());
}

Attestor::Attestor(World world, Pace pace)
    : world_(std::move(world)), pace_(pace), thread_([this] { run(); }) {}

Attestor::~Attestor() { stop(); }

void Attestor::stop() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

Result<audit::Report> Attestor::full_pass(std::function<bool()> const& go_on) {
  std::lock_guard const one(one_asks_);
  std::unique_lock lock(mutex_);
  Asked asked{.go_on = go_on, .answer = {}};
  asked_ = &asked;
  changed_.notify_all();
  changed_.wait(lock, [&] { return asked.answer || stopping_; });
  asked_ = nullptr;
  if (!asked.answer) return fail("stopped", "the server stops");
  return std::move(*asked.answer);
}

// To whoever waits, if somebody does.
void Attestor::answer(Result<audit::Report> found) {
  std::lock_guard const lock(mutex_);
  if (asked_ == nullptr || asked_->answer) return;
  asked_->answer = std::move(found);
  changed_.notify_all();
}

bool Attestor::asked() const {
  std::lock_guard const lock(mutex_);
  return asked_ != nullptr && !asked_->answer;
}

bool Attestor::goes_on(bool for_somebody) const {
  std::lock_guard const lock(mutex_);
  if (stopping_) return false;
  return !for_somebody || (asked_ != nullptr && asked_->go_on());
}

bool Attestor::stopping() const {
  std::lock_guard const lock(mutex_);
  return stopping_;
}

void Attestor::wait(Duration most) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::microseconds(most.value()),
                    [this] { return stopping_ || (asked_ != nullptr && !asked_->answer); });
}

void Attestor::run() {
  platform::lower_thread_priority();
  bool owed = true;  // the pass over everything at a start; after a fault again
  Duration whole_due = world_.clock.monotonic();
  Duration tend_due = whole_due;
  std::uint64_t read_to = 0;
  std::optional<audit::Report> differed;  // told once; from then on only the index is kept up
  while (!stopping()) {
    // In this order: the files of the index reach behind the snapshot, and what was acknowledged
    // reaches behind the checkpoint, though the loop goes on meanwhile.
    std::uint64_t const checkpointed = world_.checkpointed();
    bool const somebody_asks = asked();
    if (differed && somebody_asks) answer(*differed);
    bool const due = owed && world_.clock.monotonic() >= whole_due;
    bool const whole = !differed && (due || somebody_asks);
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
                        .progress = {}},
                       somebody_asks);
      if (stopping()) return;
      if (!goes_on(somebody_asks)) {
        answer(fail("stopped", "the pass was told to stop"));
        continue;
      }
      if (done.found)
        done.collected =
            ledger::collect_documents(done.found->report, world_.blobs, began - ports::kBlobGrace,
                                      [this] { return !stopping(); });
      world_.attested(done);
      if (done.found && !done.found->report.ok) differed = done.found->report;
      if (!done.found) {
        owed = true;
        whole_due = world_.clock.monotonic() + pace_.after_a_fault;
      }
      if (done.found && whole) owed = false;
      read_to = size;
      if (somebody_asks && done.found) answer(std::move(done.found->report));
      if (somebody_asks && !done.found) answer(tl::unexpected<Error>(done.found.error()));
    }
    Duration const left = owed && !differed ? whole_due - world_.clock.monotonic() : pace_.look_up;
    wait(std::clamp(left, Duration(0), pace_.look_up));
  }
}

Attestation Attestor::pass(ledger::AttestOptions options, bool for_somebody) {
  Duration const began = world_.clock.monotonic();
  options.progress = [this, for_somebody](std::uint64_t) {
    return goes_on(for_somebody) ? audit::Go::on : audit::Go::stop;
  };
  auto found = ledger::attest(world_.disk, world_.snapshots, options);
  return {
      .reach = options.reach, .found = std::move(found), .took = world_.clock.monotonic() - began};
}

}  // namespace tally::server
