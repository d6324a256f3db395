#include "server/private_modes.h"

#include <fmt/format.h>
#include <sys/stat.h>

namespace tally::server {

namespace {

struct Rule {
  char const* inside;
  mode_t forbidden;
  char const* remedy;
};

constexpr Rule kRules[] = {{"", 0022, "go-w"},
                           {"/keys", 0077, "go-rwx"},
                           {"/keys/data", 0077, "go-rwx"},
                           {"/keys/pepper", 0077, "go-rwx"},
                           {"/operator.key", 0077, "go-rwx"},
                           {"/ledger", 0077, "go-rwx"},
                           {"/blobs", 0077, "go-rwx"},
                           {"/work", 0077, "go-rwx"},
                           {"/snapshots", 0077, "go-rwx"}};

}  // namespace

Result<void> check_private_modes(std::string const& directory) {
  for (Rule const& rule : kRules) {
    std::string const path = directory + rule.inside;
    struct stat about {};
    if (::stat(path.c_str(), &about) != 0) continue;
    if ((about.st_mode & rule.forbidden) == 0) continue;
    bool const shared = (about.st_mode & S_ISVTX) != 0;  // such as /tmp: not ours to close
    return fail(
        "key_permissions",
        fmt::format("{} is open to other users (mode {:04o}): {}", path, about.st_mode & 07777,
                    shared ? "choose a directory of the server's own"
                           : fmt::format("chmod {} {}", rule.remedy, path)));
  }
  return {};
}

}  // namespace tally::server
