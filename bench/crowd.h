#pragma once

// Connections that ask as fast as they are let, each from an address of its own choice, on one
// thread: what a victim's requests are measured beside. Who is hung up on comes back.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "base/result.h"

namespace tally::bench {

struct CrowdPlan {
  std::uint16_t port = 0;
  std::size_t connections = 1;
  std::size_t pipelined = 1;   // requests of a connection without an answer
  bool own_addresses = false;  // 127.0.0.2 and up, one for each connection; else 127.0.0.1
  std::string request;         // a whole one
};

class Crowd {
 public:
  // Returns when all are connected. Error "unreachable".
  static Result<std::unique_ptr<Crowd>> start(CrowdPlan plan);
  ~Crowd();  // hangs up
  Crowd(Crowd const&) = delete;
  Crowd& operator=(Crowd const&) = delete;

  // After the end: how often each status was answered, and how often a connection was ended.
  std::map<int, std::uint64_t> const& stop();
  std::uint64_t hung_up() const { return hung_up_; }

 private:
  struct Member;
  explicit Crowd(CrowdPlan plan);
  bool join(std::size_t number);
  void drive();
  void serve(std::size_t number, unsigned events);
  bool send_to(Member& member);
  bool receive_from(Member& member);
  void watch(std::size_t number);

  CrowdPlan plan_;
  int epoll_ = -1;
  std::map<std::size_t, Member> members_;
  std::map<int, std::uint64_t> statuses_;
  std::uint64_t hung_up_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace tally::bench
