#include "layering/known_headers.h"

#include <set>

namespace tally::layering {
namespace {

using Names = std::set<std::string_view>;

// ISO/IEC 14882:2020 table 24, and the additions of 2023.
Names const kCpp = {"algorithm",
                    "any",
                    "array",
                    "atomic",
                    "barrier",
                    "bit",
                    "bitset",
                    "charconv",
                    "chrono",
                    "codecvt",
                    "compare",
                    "complex",
                    "concepts",
                    "condition_variable",
                    "coroutine",
                    "deque",
                    "exception",
                    "execution",
                    "expected",
                    "filesystem",
                    "flat_map",
                    "flat_set",
                    "format",
                    "forward_list",
                    "fstream",
                    "functional",
                    "future",
                    "generator",
                    "initializer_list",
                    "iomanip",
                    "ios",
                    "iosfwd",
                    "iostream",
                    "istream",
                    "iterator",
                    "latch",
                    "limits",
                    "list",
                    "locale",
                    "map",
                    "mdspan",
                    "memory",
                    "memory_resource",
                    "mutex",
                    "new",
                    "numbers",
                    "numeric",
                    "optional",
                    "ostream",
                    "print",
                    "queue",
                    "random",
                    "ranges",
                    "ratio",
                    "regex",
                    "scoped_allocator",
                    "semaphore",
                    "set",
                    "shared_mutex",
                    "source_location",
                    "span",
                    "spanstream",
                    "sstream",
                    "stack",
                    "stacktrace",
                    "stdexcept",
                    "stdfloat",
                    "stop_token",
                    "streambuf",
                    "string",
                    "string_view",
                    "strstream",
                    "syncstream",
                    "system_error",
                    "thread",
                    "tuple",
                    "type_traits",
                    "typeindex",
                    "typeinfo",
                    "unordered_map",
                    "unordered_set",
                    "utility",
                    "valarray",
                    "variant",
                    "vector",
                    "version"};

// The C library, as <name.h> and as <cname>.
Names const kC = {"assert",   "complex",  "ctype",  "errno",       "fenv",    "float",
                  "inttypes", "iso646",   "limits", "locale",      "math",    "setjmp",
                  "signal",   "stdalign", "stdarg", "stdatomic",   "stdbool", "stddef",
                  "stdint",   "stdio",    "stdlib", "stdnoreturn", "string",  "tgmath",
                  "threads",  "time",     "uchar",  "wchar",       "wctype"};

// POSIX.1-2017 chapter 13, less what the C library has; then glibc's and the compiler's own.
Names const kPosix = {
    "aio.h",      "cpio.h",     "dirent.h",  "dlfcn.h",     "fcntl.h",    "fmtmsg.h",  "fnmatch.h",
    "ftw.h",      "glob.h",     "grp.h",     "iconv.h",     "langinfo.h", "libgen.h",  "monetary.h",
    "mqueue.h",   "ndbm.h",     "netdb.h",   "nl_types.h",  "poll.h",     "pthread.h", "pwd.h",
    "regex.h",    "sched.h",    "search.h",  "semaphore.h", "spawn.h",    "strings.h", "stropts.h",
    "syslog.h",   "tar.h",      "termios.h", "trace.h",     "ulimit.h",   "unistd.h",  "utime.h",
    "utmpx.h",    "wordexp.h",  "alloca.h",  "byteswap.h",  "elf.h",      "endian.h",  "err.h",
    "execinfo.h", "features.h", "fts.h",     "getopt.h",    "ifaddrs.h",  "link.h",    "malloc.h",
    "mntent.h",   "paths.h",    "pty.h",     "resolv.h",    "ucontext.h", "cpuid.h",   "cxxabi.h",
    "unwind.h"};

bool in_system_directory(std::string_view header) {
  for (auto directory : {"sys/", "linux/", "net/", "netinet/", "arpa/", "asm/", "asm-generic/"})
    if (header.starts_with(directory)) return true;
  return false;
}

bool is_c_header(std::string_view header) {
  if (header.ends_with(".h")) return kC.contains(header.substr(0, header.size() - 2));
  return header.starts_with('c') && kC.contains(header.substr(1));
}

}  // namespace

bool is_system_header(std::string_view header) {
  return kCpp.contains(header) || is_c_header(header) || kPosix.contains(header) ||
         in_system_directory(header) || header.ends_with("intrin.h");
}

}  // namespace tally::layering
