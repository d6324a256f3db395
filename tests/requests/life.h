#pragma once

// One life: a few hundred requests, what must hold of each answer, and what must hold of the ledger
// in the end. What is wrong is told with the seed and with the request.

#include <map>
#include <string>
#include <vector>

#include "requests/request_maker.h"
#include "requests/server.h"

namespace tally::requests {

class Life {
 public:
  explicit Life(std::uint64_t seed);
  void live(int requests);
  // Empty where everything held.
  std::string const& fault() const { return fault_; }
  // Answers by "METHOD pattern status".
  std::map<std::string, int> const& seen() const { return seen_; }

 private:
  struct Accepted {
    std::string job;
    std::string input;  // canonical
    json::Value labels;
  };
  struct Kept {  // an answer under an idempotency key
    ports::HttpRequest request;
    Answered answer;
  };
  void prepare();
  void one_request();
  void say(std::string what);
  void note(ports::HttpRequest const& request);
  void check(ports::HttpRequest const& request, Answered const& answer);
  void keep(ports::HttpRequest const& request, Answered const& answer);
  void check_leased(Answered const& answer);
  void ask_again();
  void lift_modes();
  void check_runs();
  void check_budgets();
  void check_ledger();

  std::uint64_t seed_;
  Prng random_;
  Pool pool_;
  RequestMaker maker_;
  Server server_;
  std::string last_request_;
  std::string fault_;
  std::map<std::string, int> seen_;
  std::map<std::string, Accepted> runs_;
  std::vector<Kept> kept_;
};

}  // namespace tally::requests
