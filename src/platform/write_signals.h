#pragma once

namespace tally::platform {

// From here on a write to a reader that went away (SIGPIPE) or beyond the limit on a file's size
// (SIGXFSZ; a shell's ulimit -f, or a job that set it on its parent) fails with EPIPE or EFBIG, as
// every other write that cannot be done does, instead of ending the process. Of the whole process;
// what it executes gets the default back (platform/process_start.cc).
void let_writes_fail();

}  // namespace tally::platform
