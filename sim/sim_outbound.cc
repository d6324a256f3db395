#include "sim/sim_outbound.h"

namespace tally::sim {

namespace {

using ports::OutboundFate;

tl::unexpected<ports::OutboundFailure> failed(OutboundFate fate, char const* code,
                                              char const* detail, int status = 0) {
  return tl::unexpected(
      ports::OutboundFailure{.fate = fate, .error = {code, detail, ""}, .status = status});
}

// "https://host:port" of "https://host:port/path?query".
std::string origin_of(std::string_view url) {
  auto const scheme = url.find("://");
  if (scheme == std::string_view::npos) return {};
  return std::string(url.substr(0, url.find_first_of("/?", scheme + 3)));
}

std::size_t head_bytes(ports::OutboundReply const& reply) {
  std::size_t bytes = 0;
  for (auto const& [name, value] : reply.headers) bytes += name.size() + value.size() + 4;
  return bytes;
}

bool is_repeatable(std::string_view method) { return method == "GET" || method == "HEAD"; }

// The next request, if the reply sends the caller elsewhere and the caller wants to go there.
bool follow(ports::OutboundRequest& request, ports::OutboundReply const& reply) {
  bool const moved = reply.status >= 301 && reply.status <= 308 && reply.status != 304;
  std::string next(reply.header("location"));
  if (!moved || request.redirects_max == 0 || next.empty()) return false;
  if (next.starts_with('/')) next = origin_of(request.url) + next;
  if (request.url.starts_with("https://") && !next.starts_with("https://")) return false;
  if (origin_of(next) != origin_of(request.url)) request.headers.clear();
  request.url = next;
  --request.redirects_max;
  return true;
}

}  // namespace

ports::OutboundResult SimOutbound::exchange(ports::OutboundRequest const& request) {
  if (request.redirects_max > 0 && !is_repeatable(request.method))
    return failed(OutboundFate::not_sent, "malformed", "redirects are for GET and HEAD alone");
  ports::OutboundRequest next = request;
  auto result = exchange_once(next);
  while (result && follow(next, *result)) result = exchange_once(next);
  return result;
}

ports::OutboundResult SimOutbound::exchange_once(ports::OutboundRequest const& request) {
  auto const server = servers_.find(origin_of(request.url));
  if (server == servers_.end() || prng_.chance(faults_.refused_per_mille))
    return failed(OutboundFate::not_sent, "unreachable", "nothing answers there");
  if (prng_.chance(faults_.request_lost_per_mille))
    return failed(OutboundFate::outcome_unknown, "timed_out", "the server did not answer in time");
  if (is_repeatable(request.method) && prng_.chance(faults_.doubled_per_mille))
    (void)server->second(request);
  ports::OutboundReply reply = server->second(request);
  if (prng_.chance(faults_.answer_lost_per_mille))
    return failed(OutboundFate::outcome_unknown, "unreachable",
                  "the server closed without an answer");
  if (head_bytes(reply) > request.head_bytes_max)
    return failed(OutboundFate::outcome_unknown, "too_large",
                  "the head of the answer is too large");
  if (reply.body.size() > request.body_bytes_max)
    return failed(OutboundFate::answered, "too_large", "the body of the answer is too large",
                  reply.status);
  if (prng_.chance(faults_.cut_per_mille))
    return failed(OutboundFate::answered, "unreachable", "the connection ended in the answer",
                  reply.status);
  if (request.method == "HEAD") reply.body.clear();
  return reply;
}

}  // namespace tally::sim
