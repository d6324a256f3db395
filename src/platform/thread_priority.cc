#include "platform/thread_priority.h"

#include <sys/resource.h>

namespace tally::platform {

// On Linux the niceness is a thread's own, and 0 names the caller.
void lower_thread_priority() {
  constexpr int kLast = 19;
  (void)::setpriority(PRIO_PROCESS, 0, kLast);
}

}  // namespace tally::platform
