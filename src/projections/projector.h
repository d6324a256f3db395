#pragma once

// Keeps one projection up with the ledger. It pulls: nobody feeds it from the loop's thread, no
// decision reads it, and a start never waits for it or fails for it.
//
//     file ──► load ──► fold behind its own cursor ──► save now and then
//      │ rotten, of another ledger, of another version           │
//      └──────────► fold from the first event ◄── (killed) ──────┘
//
// One thread calls step() again and again (the simulator: one turn after the other); everything
// else may be called from any thread. What a reader gets says up to which event it is true
// (standing), and past a bound that it is behind, so that a late answer is never taken for a fresh
// one.

#include <array>
#include <functional>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "ports/clock.h"
#include "projections/projection_file.h"

namespace tally::projections {

enum class Health {
  current,  // at most `lag_events_max` durable events are not folded
  behind,
  unknown,  // folding fails: nothing can be said
};
constexpr std::string_view name_of(Health health) {
  constexpr std::array<std::string_view, 3> names{"current", "behind", "unknown"};
  return names[static_cast<std::size_t>(health)];
}

// What a projection's answer is true of.
struct Standing {
  std::int64_t events = 0;       // the first so many are folded
  std::optional<Instant> as_of;  // when the last of these was recorded; none: there are none
  std::int64_t lag_events = 0;   // durable ones that are not folded
  Health health = Health::unknown;
};

struct ProjectorWorld {
  ports::Disk& disk;  // what can be made again
  ports::Clock& clock;
  LedgerId ledger;
  // Events from a sequence on, in order, until the visitor says false; returns the one behind the
  // last. Any thread.
  std::function<Result<std::int64_t>(std::int64_t from,
                                     std::function<Result<bool>(codec::Entry const&)> const& take)>
      each;
  std::function<std::int64_t()> size;       // durable events; any thread
  std::function<void()> wake;               // any thread: step() has something to do
  std::function<void(Error const&)> fault;  // of step(): it goes on, late or without its file
};

struct ProjectorOptions {
  std::int64_t lag_events_max = 5'000;
  std::int64_t events_a_step = 4'096;
  std::int64_t save_every = 262'144;  // events
};

class Projector {
 public:
  // How many may wait at once; who comes when there are so many waits for nothing.
  static constexpr std::size_t kWaitingMax = 1'024;

  // The projection outlives this; it knows nothing yet.
  Projector(Projection& projection, ProjectorWorld world, ProjectorOptions options = {});

  // Folds some events; the first call loads the file. Returns how long it may be left alone.
  Duration step();
  // Saves what is folded, for a faster start; in the place of a step.
  void save();

  Standing standing() const;
  // Calls `then` once: when the event `seq` is folded, or after `most`. That is at once on the
  // caller's thread, or later on that of step(), so it must not block.
  void when(std::int64_t seq, Duration most, std::function<void()> then);

 private:
  struct Waiting {
    std::int64_t seq;
    Duration due;  // monotonic
    std::function<void()> then;
  };
  struct Shared {
    std::int64_t cursor = 0;
    std::optional<Instant> as_of;
    bool failing = true;  // until the first step
    std::vector<Waiting> waiting;
  };
  void begin();
  Result<void> load();
  Result<void> fold();
  void tell(Error const& error, bool& told) const;
  // Lets those go whose event is folded or whose time is up; when the next one's is, if any waits.
  std::optional<Duration> release();

  Projection& projection_;
  ProjectorWorld world_;
  ProjectorOptions options_;
  // The stepping thread's own.
  bool begun_ = false;
  std::int64_t cursor_ = 0;
  std::optional<Instant> as_of_;
  Digest last_leaf_;
  std::int64_t saved_ = 0;
  std::int64_t save_due_ = 0;
  bool failing_ = false;
  bool fold_told_ = false;  // a fault that lasts is told once
  bool save_told_ = false;
  Duration fold_due_;

  Mutex<Shared> shared_;
};

}  // namespace tally::projections
