#pragma once

// Words of the ports in those of the domain, one by one: a word that is added or moved on one side
// does not become its neighbour on the other.

#include "base/check.h"
#include "domain/run/command.h"
#include "domain/run/job_kind.h"
#include "ports/job_runner.h"
#include "ports/work_queue.h"

namespace tally::wiring {

constexpr domain::run::Runner to_domain(ports::JobRunnerKind runner) {
  switch (runner) {
    case ports::JobRunnerKind::command:
      return domain::run::Runner::command;
    case ports::JobRunnerKind::worker:
      return domain::run::Runner::worker;
    case ports::JobRunnerKind::caller:
      return domain::run::Runner::caller;
  }
  fail_check(__FILE__, __LINE__, "a runner is one of its words");
}

constexpr domain::run::Receipt to_domain(ports::ReceiptState receipt) {
  switch (receipt) {
    case ports::ReceiptState::none:
      return domain::run::Receipt::none;
    case ports::ReceiptState::valid:
      return domain::run::Receipt::valid;
    case ports::ReceiptState::damaged:
      return domain::run::Receipt::damaged;
  }
  fail_check(__FILE__, __LINE__, "the state of a receipt is one of its words");
}

}  // namespace tally::wiring
