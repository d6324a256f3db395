#pragma once

// One bounded request to a server elsewhere, and what is known about it afterwards. The command
// line reaches its server this way; the server itself will reach alert receivers, object stores
// and model providers. Real: platform/curl_outbound. Simulated: sim/sim_outbound.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "base/result.h"
#include "base/time.h"
#include "ports/http.h"

namespace tally::ports {

// Of an answer, unless the request says otherwise. A head counts with all that came before it:
// interim answers (1xx), and trailers after it.
inline constexpr std::size_t kOutboundHeadBytesMax = 64 * 1024;
inline constexpr std::size_t kOutboundBodyBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kOutboundUrlBytesMax = 64 * 1024;
inline constexpr std::size_t kOutboundMethodBytesMax = 32;
// Longer times are cut to it.
inline constexpr Duration kOutboundTimeoutMax = hours(24);

struct OutboundRequest {
  std::string method = "GET";  // upper case
  // Absolute, http or https, percent-encoded; without user name, password and fragment.
  std::string url;
  // Sent as they are. Host, Content-Length, Connection, Transfer-Encoding and Expect are the
  // port's own.
  HttpHeaders headers = {};
  std::string body = {};
  // From the look-up of the host's name to the last byte of the answer, redirects included.
  Duration timeout = seconds(30);
  Duration connect_timeout = seconds(5);  // the part of it until connection, proxy and TLS stand
  std::size_t head_bytes_max = kOutboundHeadBytesMax;
  std::size_t body_bytes_max = kOutboundBodyBytesMax;
  // How many redirects are followed, for GET and HEAD alone; past them the answer is the redirect.
  // None leads from https to http. To another origin (scheme, host, port) no header goes along.
  std::uint32_t redirects_max = 0;
};

struct OutboundReply {
  int status = 0;       // 200 to 999; every status is an answer
  HttpHeaders headers;  // names in lower case, in order of arrival
  std::string body;     // transfer codings removed, content codings left alone

  // First value of a header (name in lower case), or an empty view.
  std::string_view header(std::string_view name) const {
    for (auto const& [key, value] : headers)
      if (key == name) return value;
    return {};
  }
};

// What is known about a request that brought no reply to use.
enum class OutboundFate {
  not_sent,         // no byte of it left: nothing has happened, and sending it again is safe
  outcome_unknown,  // it may have arrived and been carried out: repeat it under the same
                    // idempotency key only
  answered,         // it was answered with `status`, but the rest is missing or past a bound
};

struct OutboundFailure {
  OutboundFate fate = OutboundFate::not_sent;
  // unreachable  no address, no connection, or it broke
  // untrusted    the certificate is not the host's or not of an authority that we trust, or these
  //              authorities could not be read
  // timed_out    the time was over
  // too_large    head or body is past its bound
  // malformed    the answer is not HTTP, or the request could not be one
  Error error;
  int status = 0;  // of the answer, where the fate is `answered`
};

using OutboundResult = tl::expected<OutboundReply, OutboundFailure>;

class Outbound {
 public:
  virtual ~Outbound() = default;
  // Blocks until the reply is complete, or the time over. Nothing but GET and HEAD is ever sent
  // twice by itself. One thread at a time; connections are kept from one call to the next.
  virtual OutboundResult exchange(OutboundRequest const& request) = 0;
};

}  // namespace tally::ports
