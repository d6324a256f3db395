#include "server/wiring/error_memory.h"

namespace tally::wiring {

namespace {

// The latest events are in memory, and nobody need read them from the disk again.
Result<std::int64_t> each_event(ledger::Reader const& reader, std::int64_t from,
                                std::function<Result<bool>(codec::Entry const&)> const& take) {
  while (auto const recent = reader.index().recent(from)) {
    TRY(go_on, take(*recent));
    ++from;
    if (!go_on) return from;
  }
  return reader.each(from, take);
}

// Lists are late then, and the ledger is none the worse for it.
void report(ports::ErrorReporter<Layer::L7> const& errors, Error const& why) {
  ports::ErrorReport report;
  report.severity = Severity::warning;
  report.exception_type = "projection_fault";
  report.message = "the index of errors could not be read, saved or brought up to date";
  report.chain = {{why.code, why.detail + " " + why.internal}};
  errors.report<ErrorClass::infra_storage>(std::move(report));
}

projections::ProjectorWorld projector_world(LedgerId ledger, ErrorMemory::World world) {
  return {.disk = world.derived,
          .clock = world.clock,
          .ledger = ledger,
          .each =
              [&reader = world.reader](
                  std::int64_t from, std::function<Result<bool>(codec::Entry const&)> const& take) {
                return each_event(reader, from, take);
              },
          .size = [&reader = world.reader] { return reader.index().size(); },
          .wake = std::move(world.wake),
          .fault = [errors = world.errors](Error const& why) { report(errors, why); }};
}

}  // namespace

ErrorMemory::ErrorMemory(LedgerId ledger, World world, projections::ProjectorOptions options)
    : projector_(index_, projector_world(ledger, std::move(world)), options) {}

}  // namespace tally::wiring
