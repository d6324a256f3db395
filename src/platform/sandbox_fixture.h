#pragma once

// For tests: a directory of their own, scripts to run, and eyes for processes.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "platform/job_folder.h"
#include "platform/sandbox.h"
#include "platform/system_clock.h"

namespace tally::platform {

class TestDirectory {
 public:
  TestDirectory() {
    std::string pattern = testing::TempDir() + "tallyXXXXXX";
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  TestDirectory(TestDirectory const&) = delete;
  TestDirectory& operator=(TestDirectory const&) = delete;
  ~TestDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  std::string operator/(std::string const& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

inline void write_text(std::string const& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

inline void write_script(std::string const& path, std::string const& text) {
  write_text(path, "#!/bin/sh\n" + text + "\n");
  std::filesystem::permissions(path, std::filesystem::perms(0755));
}

// What could be read: a process may vanish while its file under /proc is open.
inline std::string read_text(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// The first live process with this word among its arguments, or 0.
inline int find_process(std::string const& word) {
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    auto line = read_text(entry.path().string() + "/cmdline");
    if (line.find(word) != std::string::npos) return std::stoi(name);
  }
  return 0;
}

// Runs shell text at one level; skips the test, with the reason, where the level does not work.
class SandboxTest : public testing::Test {
 protected:
  bool reach(SandboxLevel level) {
    auto sandbox = Sandbox::at(level, clock_, directory_ / "scratch");
    if (!sandbox) {
      reason_ = std::string(level_name(level)) + " does not work here: " + sandbox.error().detail;
      return false;
    }
    sandbox_ = *sandbox;
    return true;
  }

  SandboxTask task(std::string const& text) {
    write_script(directory_ / "job/work.sh", text);
    auto box = directory_ / ("box" + std::to_string(++boxes_));
    EXPECT_TRUE(prepare_box(box, R"({"n":1})"));
    return {directory_ / "job", {"./work.sh"}, box, "", {512u << 20, 20, 64, 1u << 16},
            seconds(20)};
  }

  ProcessOutcome run(SandboxTask const& what) { return sandbox_->run(what, -1); }
  ProcessOutcome run(std::string const& text) { return run(task(text)); }

  TestDirectory directory_;
  SystemClock clock_;
  std::optional<Sandbox> sandbox_;
  std::string reason_;
  int boxes_ = 0;
};

}  // namespace tally::platform

// Ends the test as skipped unless the level works on this machine.
#define TALLY_REACH(level) \
  if (!reach(level)) GTEST_SKIP() << reason_
