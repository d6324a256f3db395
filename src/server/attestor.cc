#include "server/attestor.h"

#include <fmt/format.h>

#include "platform/thread_priority.h"

namespace tally::server {

namespace {

void report(wiring::Node& node, std::string type, std::string message, std::string inside) {
  ports::ErrorReport report;
  report.severity = Severity::critical;
  report.exception_type = std::move(type);
  report.message = std::move(message);
  report.chain = {{"attestor", std::move(inside)}};
  ports::ErrorReporter<Layer::L7>(&node.errors(), "attestor")
      .report<ErrorClass::infra_storage>(std::move(report));
}

}  // namespace

void act_on(Attestation const& attestation, Instant at, Log& log, wiring::Node& node) {
  api::Metrics& metrics = node.api().metrics();
  auto const count = [&](std::string_view result) {
    metrics.add("attestation_passes_total", {{"result", result}});
  };
  if (!attestation.report) {
    count("unreadable");
    Error const& error = attestation.report.error();
    return report(node, "ledger_unreadable", "the ledger could not be read as a whole",
                  error.detail + " " + error.inside);
  }
  audit::Report const& found = *attestation.report;
  if (!found.ok) {
    count("differs");
    auto const what =
        found.bad_seq ? fmt::format("event {}: {}", *found.bad_seq, found.what) : found.what;
    report(node, "ledger_differs", "the ledger on the disk is not what was written to it", what);
    return node.halt("the ledger on the disk differs: " + what);
  }
  count("ok");
  metrics.set("attestation_last_success_timestamp_seconds", {},
              static_cast<double>(at.value()) / static_cast<double>(seconds(1).value()));
  metrics.set("attestation_verified_seq", {}, static_cast<double>(found.events));
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
  while (!stopping()) {
    Duration const began = world_.clock.monotonic();
    Attestation const attestation{.report = pass(), .took = world_.clock.monotonic() - began};
    if (stopping()) return;
    world_.attested(attestation);
    bool const read = attestation.report.has_value();
    if (read && !attestation.report->ok) return;
    wait(read ? pace_.every : pace_.after_a_fault);
  }
}

// What stands behind the acknowledged may be under way: it is left to the next pass.
Result<audit::Report> Attestor::pass() {
  std::uint64_t const acknowledged = world_.acknowledged();
  auto const go_on = [this](std::uint64_t) { return stopping() ? audit::Go::stop : audit::Go::on; };
  TRY(report, audit::verify(world_.disk, world_.vkey, go_on, acknowledged));
  if (report.ok && report.events < acknowledged) {
    report.ok = false;
    report.bad_seq = report.events;
    report.what = fmt::format("the ledger ends after {} events; {} were acknowledged",
                              report.events, acknowledged);
  }
  return report;
}

}  // namespace tally::server
