#pragma once

// A first start that fails leaves nothing behind: no ledger that nobody heard of, no key to it.
// What stood in the directory before stays, and a directory with a ledger is never touched.

#include <set>
#include <string>
#include <vector>

namespace tally::server {

class FreshStart {
 public:
  // Looks at what is there now, before anything is made.
  explicit FreshStart(std::string data);
  // Takes back what a fresh start made, unless it serves.
  ~FreshStart();
  FreshStart(FreshStart const&) = delete;
  FreshStart& operator=(FreshStart const&) = delete;

  // This process alone holds the directory's lock. A ledger that is there by now is another's.
  void locked();
  // The server is announced: from here on the directory is the operator's.
  void serves() { takes_back_ = false; }

 private:
  std::string data_;
  bool had_directory_;
  std::vector<std::string> made_above_;  // folders above it that a start makes, the innermost first
  std::set<std::string> had_;            // names in the directory
  bool takes_back_ = false;
};

}  // namespace tally::server
