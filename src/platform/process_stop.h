#pragma once

// Asking work to end, before it is killed.

namespace tally::platform {

// SIGTERM to the work that the child runs: to the child's process group, or with `wrappers` to all
// that descends from the child by at least so many steps, since a wrapper that ends takes the work
// with it at once. The child must not have been waited for.
void ask_to_stop(int child, int wrappers);

}  // namespace tally::platform
