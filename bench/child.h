#pragma once

// A server in a process of its own, so that its processor time is its own.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "bench/scratch.h"

namespace tally::bench {

class Child {
 public:
  // Starts a program that says "http://127.0.0.1:PORT" in its first line once it listens; what it
  // says on stderr goes to `log`. Errors: "not_started".
  static Result<Child> start(std::vector<std::string> const& command, std::string const& log);
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();  // SIGTERM, and waits

  std::uint16_t port() const { return port_; }
  pid_t process() const { return process_; }
  double cpu_us() const;
  // Resident memory now.
  std::uint64_t resident_bytes() const;

 private:
  Child(pid_t process, int output) : process_(process), output_(output) {}
  pid_t process_;
  int output_;
  std::uint16_t port_ = 0;
};

inline constexpr char const* kBenchJob = "bench-echo";

// `tally serve` with a fresh ledger in `scratch`, one job kind that only remote workers execute,
// and more money than a benchmark spends.
struct Served {
  Child child;
  std::string authorization;  // header line of the operator's key
};
Result<Served> serve(std::string const& tally, Scratch const& scratch);

// The latest value of a counter or gauge without labels, from /metrics; 0 if there is none.
double metric(Served const& served, std::string_view name);

// The tally program of the build that this benchmark belongs to.
std::string tally_beside_us();
// This very program.
std::string own_program();

}  // namespace tally::bench
