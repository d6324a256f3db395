#include "bench/load.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/tcp.h>
#include <strings.h>
#include <sys/epoll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <optional>

#include "bench/measure.h"

namespace tally::bench {

namespace {

constexpr std::size_t kReceiveBytes = 64 * 1024;
constexpr int kEventsAtOnce = 64;
constexpr int kPollMs = 100;

struct Connection {
  int fd = -1;
  std::string request;
  std::string received;
  double sent_at = 0;
  Connection() = default;
  Connection(Connection const&) = delete;
  Connection& operator=(Connection const&) = delete;
  ~Connection() {
    if (fd >= 0) close(fd);
  }
};

struct Answer {
  int status = 0;
  std::string_view body;
  std::size_t bytes = 0;  // with its head
};

// Length of the body by the head's Content-Length field.
std::optional<std::size_t> body_length(std::string_view head) {
  constexpr std::string_view kName = "\r\ncontent-length:";
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    if (head.size() - at < kName.size() ||
        strncasecmp(head.data() + at, kName.data(), kName.size()) != 0)
      continue;
    std::string_view value = head.substr(at + kName.size());
    value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
    std::size_t length = 0;
    if (std::from_chars(value.data(), value.data() + value.size(), length).ec == std::errc{})
      return length;
  }
  return std::nullopt;
}

// The answer that `received` begins with; none while it is not whole.
Result<std::optional<Answer>> whole_answer(std::string const& received) {
  std::string_view const all(received);
  std::size_t const end = all.find("\r\n\r\n");
  if (end == std::string_view::npos) return std::optional<Answer>{};
  std::string_view const head = all.substr(0, end + 2);
  auto const length = body_length(head);
  if (!length || head.size() < 12) return fail("malformed", "an answer has no Content-Length");
  Answer answer;
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  answer.bytes = end + 4 + *length;
  if (all.size() < answer.bytes) return std::optional<Answer>{};
  answer.body = all.substr(end + 4, *length);
  return std::optional<Answer>(answer);
}

class Client {
 public:
  explicit Client(LoadPlan const& plan)
      : plan_(plan), connections_(plan.connections), epoll_(epoll_create1(0)) {}
  ~Client() {
    if (epoll_ >= 0) close(epoll_);
  }
  Client(Client const&) = delete;
  Client& operator=(Client const&) = delete;

  Result<LoadReport> run();

 private:
  Result<void> connect_one(std::size_t index);
  Result<void> send_next(std::size_t index);
  Result<void> receive(std::size_t index);
  Result<void> poll();

  LoadPlan const& plan_;
  std::vector<Connection> connections_;
  LoadReport report_;
  int epoll_;
  std::size_t open_ = 0;  // connections with a request under way
};

Result<void> Client::connect_one(std::size_t index) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(plan_.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  Connection& one = connections_[index];
  one.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(one.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return fail("unreachable", "the server takes no connection");
  int const on = 1;
  setsockopt(one.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = index;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, one.fd, &event);
  return {};
}

Result<void> Client::send_next(std::size_t index) {
  Connection& one = connections_[index];
  one.request.clear();
  if (!plan_.next(index, one.request)) return {};
  ++open_;
  one.sent_at = wall_us();
  std::string_view rest = one.request;
  while (!rest.empty()) {
    ssize_t const sent = send(one.fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) return fail("unreachable", "the server closed a connection");
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

Result<void> Client::receive(std::size_t index) {
  Connection& one = connections_[index];
  std::array<char, kReceiveBytes> buffer;
  ssize_t const got = recv(one.fd, buffer.data(), buffer.size(), 0);
  if (got <= 0) return fail("unreachable", "the server closed a connection");
  one.received.append(buffer.data(), static_cast<std::size_t>(got));
  TRY(answer, whole_answer(one.received));
  if (!answer) return {};
  report_.latencies_us.push_back(wall_us() - one.sent_at);
  ++report_.statuses[answer->status];
  if (plan_.heard) plan_.heard(index, answer->status, answer->body);
  one.received.erase(0, answer->bytes);
  --open_;
  return send_next(index);
}

Result<void> Client::poll() {
  std::array<epoll_event, kEventsAtOnce> events;
  int const ready = epoll_wait(epoll_, events.data(), kEventsAtOnce, kPollMs);
  for (int i = 0; i < ready; ++i) TRY_VOID(receive(events[static_cast<std::size_t>(i)].data.u64));
  return {};
}

Result<LoadReport> Client::run() {
  double const begin = wall_us();
  double const cpu = thread_cpu_us();
  // Each asks as soon as it is connected: a server need not keep many that say nothing.
  for (std::size_t i = 0; i < connections_.size(); ++i) {
    TRY_VOID(connect_one(i));
    TRY_VOID(send_next(i));
  }
  while (open_ > 0 && !report_.out_of_time) {
    TRY_VOID(poll());
    report_.out_of_time = wall_us() - begin > plan_.seconds_max * 1e6;
  }
  report_.wall_us = wall_us() - begin;
  report_.own_cpu_us = thread_cpu_us() - cpu;
  return std::move(report_);
}

}  // namespace

Result<LoadReport> run_load(LoadPlan const& plan) { return Client(plan).run(); }

void write_post(std::string& request, std::string_view path, std::string_view fields,
                std::string_view body) {
  fmt::format_to(std::back_inserter(request),
                 "POST {} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{}"
                 "Content-Length: {}\r\n\r\n{}",
                 path, fields, body.size(), body);
}

}  // namespace tally::bench
