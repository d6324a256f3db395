#pragma once

// A directory that stands under its name when all of it is there and durable, and not before: until
// then it is NAME.unfinished, and stays so if whoever fills it is cut short.

#include <cstdint>
#include <string>

#include "base/result.h"

namespace tally::platform {

struct CopiedTree {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};

class NewFolder {
 public:
  // Makes NAME.unfinished, mode 0700, in a directory that exists. Errors: "exists" (either of the
  // two names is taken), "not_found" (the name is empty or too long, or its parent is no
  // directory), "io_error".
  static Result<NewFolder> begin(std::string name);

  // Where to write. Two of them never share it.
  std::string const& path() const { return path_; }
  // Copies directories and regular files with their modes to path() + "/" + `as`. A file that goes
  // away meanwhile is left out, and so is a source that is not there. Errors: "io_error", also for
  // what is neither file nor directory.
  Result<CopiedTree> copy_tree(std::string const& source, std::string const& as) const;

  // Makes everything durable, whoever wrote it, and then the name its own. Errors: "exists",
  // "io_error".
  Result<void> finish();
  // Removes what was written, where that is good for nothing.
  void give_up() const;

 private:
  explicit NewFolder(std::string name) : name_(std::move(name)), path_(name_ + ".unfinished") {}

  std::string name_;
  std::string path_;
};

}  // namespace tally::platform
