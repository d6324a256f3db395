#pragma once

// Which system calls work in a box may make: one seccomp filter, made with libseccomp, for the
// levels bubblewrap and landlock alike. It forbids by name; what it does not name is allowed.
// A forbidden call fails with EPERM (clone3 with ENOSYS, so that libraries fall back to clone),
// and a call of another architecture ends the process.
//
// A box with namespaces of its own reaches nobody by what is left. A box that shares the
// machine's, at the level landlock, is kept from it by the further rules of Shared::with_machine:
// Landlock judges neither a connection to a socket file nor a change of a file's mode, owner,
// times or attributes.

#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "platform/process_fd.h"

namespace tally::platform {

// Whose files, sockets, memory segments and priorities the box can name.
enum class Shared { nothing, with_machine };

// The filter as the kernel takes it: an array of sock_filter.
Result<Bytes> make_call_filter(Shared shared);

// The same bytes in a file without a name, to be read once from its beginning. None: errno says
// why.
OwnedFd call_filter_file(ByteView filter);

// Async-signal-safe. The calling process and what it starts keep the filter for ever.
bool enter_call_filter(ByteView filter);

}  // namespace tally::platform
