#pragma once

// Threads whose work can wait.

namespace tally::platform {

// The calling thread gives way to every other: for what runs beside a server and is never urgent.
// Best effort; where the system does not permit it, nothing changes.
void lower_thread_priority();

}  // namespace tally::platform
