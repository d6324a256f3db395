#include "base/check.h"
#include "base/printable.h"
#include "fuzz/doors.h"
#include "platform/job_folder_toml.h"

namespace tally::fuzz {

namespace {

void check(ports::JobSpec const& spec) {
  TALLY_CHECK(is_name(spec.name.value()) && is_name(spec.version), "a job kind has no name");
  TALLY_CHECK(spec.timeout > Duration(0) && spec.queue_deadline > Duration(0),
              "a job kind has no time");
  bool const command = spec.runner == ports::JobRunnerKind::command;
  TALLY_CHECK(command != spec.command.empty(), "a command is missing or too much");
  TALLY_CHECK(spec.price.fixed >= Micros(0) && spec.price.per_second >= Micros(0),
              "a price is below zero");
  bool const priced = spec.price.fixed > Micros(0) || spec.price.per_second > Micros(0);
  TALLY_CHECK(!(spec.price.reported && priced), "a price is two prices");
  if (spec.minimum_fee)
    TALLY_CHECK(
        spec.minimum_fee->floor <= spec.minimum_fee->cap && spec.minimum_fee->percent <= 100,
        "a fee has no bound");
}

}  // namespace

void job_toml(ByteView bytes) {
  auto const spec = platform::parse_job_toml(as_text(bytes), "job.toml");
  if (spec) return check(*spec);
  TALLY_CHECK(spec.error().code == "validation_error", "a fault has another code");
  TALLY_CHECK(spec.error().detail.starts_with("job.toml:"), "a fault does not say where it is");
}

}  // namespace tally::fuzz
