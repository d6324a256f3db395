#pragma once

// The command line of bwrap(1) for a task, and the door through which root hands the task's
// files to an unprivileged user.

#include <string>
#include <vector>

#include "base/result.h"
#include "platform/sandbox.h"

namespace tally::platform {

// bwrap itself, and the init of its process namespace.
inline constexpr int kBubblewrapProcesses = 2;

// Paths inside.
inline constexpr char const* kInsideFolder = "/job";
inline constexpr char const* kInsideInput = "/input.json";
inline constexpr char const* kInsideReceipt = "/work/receipt.json";

// The programs that this level needs, or why it is out of reach.
Result<void> find_bubblewrap();

// `door`: the files lie behind the door and not at their own paths. The filter of calls is read
// from kHandedFd.
std::vector<std::string> bubblewrap_arguments(SandboxTask const& task, bool door);

// As root, a limit on processes would not bind and the work would own root's files. So the child
// makes itself a mount namespace, binds the task's files below /tmp there, and becomes the user
// nobody before it executes bwrap. The paths must stay valid while the context is in use.
struct RootHandoff {
  char const* folder;
  char const* input;
  char const* receipt;
};
// Async-signal-safe; the context is a RootHandoff.
bool enter_bubblewrap_door(void const* context);

inline constexpr unsigned kNobody = 65534;

}  // namespace tally::platform
