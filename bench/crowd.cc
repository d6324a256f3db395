#include "bench/crowd.h"

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>

namespace tally::bench {

namespace {

constexpr std::size_t kReceiveBytes = 256 * 1024;
constexpr int kEventsAtOnce = 64;
constexpr int kPollMs = 20;
constexpr std::uint32_t kFirstAddress = 0x7f000002;  // 127.0.0.2

sockaddr_in address_of(std::uint32_t address, std::uint16_t port) {
  sockaddr_in out{};
  out.sin_family = AF_INET;
  out.sin_port = htons(port);
  out.sin_addr.s_addr = htonl(address);
  return out;
}

}  // namespace

// Answers are told apart by their heads; of a body only the length counts.
struct Crowd::Member {
  int fd = -1;
  std::string unsent;
  std::string head;
  std::size_t body_left = 0;
  std::size_t open = 0;  // requests without an answer
  bool watches_writes = false;
};

Crowd::Crowd(CrowdPlan plan) : plan_(std::move(plan)), epoll_(epoll_create1(0)) {}

Result<std::unique_ptr<Crowd>> Crowd::start(CrowdPlan plan) {
  std::unique_ptr<Crowd> crowd(new Crowd(std::move(plan)));
  for (std::size_t number = 0; number < crowd->plan_.connections; ++number)
    if (!crowd->join(number)) return fail("unreachable", "a stranger is not let in");
  crowd->thread_ = std::thread([made = crowd.get()] { made->drive(); });
  return crowd;
}

Crowd::~Crowd() {
  (void)stop();
  for (auto& [number, member] : members_) close(member.fd);
  close(epoll_);
}

std::map<int, std::uint64_t> const& Crowd::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  return statuses_;
}

bool Crowd::join(std::size_t number) {
  Member member;
  member.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (plan_.own_addresses) {
    auto const own = address_of(kFirstAddress + static_cast<std::uint32_t>(number), 0);
    bind(member.fd, reinterpret_cast<sockaddr const*>(&own), sizeof own);
  }
  auto const server = address_of(INADDR_LOOPBACK, plan_.port);
  if (connect(member.fd, reinterpret_cast<sockaddr const*>(&server), sizeof server) != 0) {
    close(member.fd);
    return false;
  }
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT;
  event.data.u64 = number;
  member.watches_writes = true;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, member.fd, &event);
  members_[number] = std::move(member);
  return true;
}

void Crowd::drive() {
  std::array<epoll_event, kEventsAtOnce> events;
  while (!stopping_) {
    int const ready = epoll_wait(epoll_, events.data(), kEventsAtOnce, kPollMs);
    for (int i = 0; i < ready; ++i) {
      auto const& event = events[static_cast<std::size_t>(i)];
      serve(event.data.u64, event.events);
    }
  }
}

void Crowd::serve(std::size_t number, unsigned events) {
  auto const at = members_.find(number);
  if (at == members_.end()) return;
  bool const alive =
      ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || receive_from(at->second)) &&
      send_to(at->second);
  if (alive) return watch(number);
  ++hung_up_;
  close(at->second.fd);
  members_.erase(at);
  (void)join(number);  // not let in again: one fewer
}

bool Crowd::send_to(Member& member) {
  for (; member.open < plan_.pipelined; ++member.open) member.unsent += plan_.request;
  while (!member.unsent.empty()) {
    auto const sent =
        send(member.fd, member.unsent.data(), member.unsent.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN;
    member.unsent.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

bool Crowd::receive_from(Member& member) {
  static thread_local std::array<char, kReceiveBytes> buffer;
  auto const got = recv(member.fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got <= 0) return got < 0 && errno == EAGAIN;
  std::string_view rest(buffer.data(), static_cast<std::size_t>(got));
  while (!rest.empty()) {
    if (member.body_left > 0) {
      auto const of_body = std::min(member.body_left, rest.size());
      member.body_left -= of_body;
      rest.remove_prefix(of_body);
      continue;
    }
    member.head.push_back(rest.front());
    rest.remove_prefix(1);
    if (!member.head.ends_with("\r\n\r\n")) continue;
    int status = 0;
    std::from_chars(member.head.data() + 9, member.head.data() + 12, status);
    constexpr std::string_view kLength = "Content-Length: ";
    auto const length = member.head.find(kLength);
    if (length != std::string::npos)
      std::from_chars(member.head.data() + length + kLength.size(),
                      member.head.data() + member.head.size(), member.body_left);
    ++statuses_[status];
    if (member.open > 0) --member.open;
    member.head.clear();
  }
  return true;
}

void Crowd::watch(std::size_t number) {
  Member& member = members_.at(number);
  bool const wanted = !member.unsent.empty();
  if (wanted == member.watches_writes) return;
  epoll_event event{};
  event.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
  event.data.u64 = number;
  epoll_ctl(epoll_, EPOLL_CTL_MOD, member.fd, &event);
  member.watches_writes = wanted;
}

}  // namespace tally::bench
