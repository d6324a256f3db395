#pragma once

// Ctrl-C while a command waits for a run ends the command, and not the run. This says so.

#include <string>

namespace tally::cli {

// From here to its end SIGINT writes `words` to the standard error and ends the process with the
// code for "inconclusive". One at a time.
class SaysWhenInterrupted {
 public:
  explicit SaysWhenInterrupted(std::string words);
  ~SaysWhenInterrupted();
  SaysWhenInterrupted(SaysWhenInterrupted const&) = delete;
  SaysWhenInterrupted& operator=(SaysWhenInterrupted const&) = delete;

 private:
  std::string words_;
};

}  // namespace tally::cli
