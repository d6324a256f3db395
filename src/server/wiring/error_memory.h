#pragma once

// The index of the error memory and what keeps it up with a node's ledger.

#include "api/options.h"
#include "ledger/reader.h"
#include "ports/error_sink.h"
#include "projections/error_index.h"
#include "projections/projector.h"

namespace tally::wiring {

class ErrorMemory {
 public:
  struct World {
    ports::Disk& derived;
    ports::Clock& clock;
    ledger::Reader const& reader;
    ports::ErrorReporter<Layer::L7> errors;
    std::function<void()> wake;  // any thread: step() has something to do; may be empty
  };
  // All that it is handed outlives this.
  ErrorMemory(LedgerId ledger, World world, projections::ProjectorOptions options);

  // What the API asks. Any thread.
  api::ErrorSearch search() { return {.index = &index_, .projector = &projector_}; }
  projections::ErrorIndex const& index() const { return index_; }
  projections::Projector& projector() { return projector_; }

 private:
  projections::ErrorIndex index_;
  projections::Projector projector_;
};

}  // namespace tally::wiring
