#include "platform/process_stop.h"

#include <signal.h>

#include <fstream>
#include <string>
#include <vector>

namespace tally::platform {

namespace {

// No more processes than this are looked at; a job's own limit is far below.
constexpr std::size_t kProcessesMost = 4'096;

std::vector<int> children_of(int process) {
  auto const number = std::to_string(process);
  std::ifstream file("/proc/" + number + "/task/" + number + "/children");
  std::vector<int> children;
  for (int child = 0; file >> child;) children.push_back(child);
  return children;
}

}  // namespace

void ask_to_stop(int child, int wrappers) {
  if (wrappers == 0) {
    ::kill(-child, SIGTERM);
    return;
  }
  std::vector<int> now{child};
  std::size_t seen = 0;
  for (int depth = 0; !now.empty() && seen < kProcessesMost; ++depth) {
    std::vector<int> next;
    for (int const process : now) {
      ++seen;
      for (int const below : children_of(process)) next.push_back(below);
      if (depth >= wrappers) ::kill(process, SIGTERM);
    }
    now = std::move(next);
  }
}

}  // namespace tally::platform
