#pragma once

// What the server's answers named so far: ids, names, tokens. Requests that are made of these get
// further than requests made of chance alone.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/prng.h"

namespace tally::requests {

class Pool {
 public:
  // Kinds: "run_", "lease_", "key_", "apr_", "dec_", "tk_", "trace", and names by what they name:
  // "tenant", "job", "plan", "person".
  void add(std::string_view kind, std::string value);
  // Adds every id that stands in an answer's body.
  void harvest(std::string_view body);
  // One of the kind, late ones first; or, where there is none, something of its form.
  std::string any(Prng& random, std::string_view kind) const;
  bool has(std::string_view kind) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> known_;
};

}  // namespace tally::requests
