#include "platform/curl_transfer.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "platform/outbound_rules.h"

namespace tally::platform {

namespace {

struct Cause {
  CURLcode curl;
  std::string_view code;
  std::string_view detail;
};

constexpr std::array<Cause, 17> kCauses{{
    {CURLE_COULDNT_RESOLVE_HOST, "unreachable", "the host has no address"},
    {CURLE_COULDNT_RESOLVE_PROXY, "unreachable", "the proxy's host has no address"},
    {CURLE_COULDNT_CONNECT, "unreachable",
     "nothing answers there; is the server running, and is this its address?"},
    {CURLE_PROXY, "unreachable", "the proxy did not make the connection"},
    {CURLE_SSL_CONNECT_ERROR, "unreachable", "no TLS connection; does the server speak https?"},
    {CURLE_OPERATION_TIMEDOUT, "timed_out", "the server did not answer in time"},
    {CURLE_GOT_NOTHING, "unreachable", "the server closed without an answer"},
    {CURLE_PARTIAL_FILE, "unreachable", "the connection ended in the middle of the answer"},
    {CURLE_SEND_ERROR, "unreachable", "the connection broke while the request was sent"},
    {CURLE_RECV_ERROR, "unreachable", "the connection broke before the answer was complete"},
    {CURLE_PEER_FAILED_VERIFICATION, "untrusted", "the server's certificate is not trusted"},
    {CURLE_SSL_CACERT_BADFILE, "untrusted", "the file of trusted certificates cannot be read"},
    {CURLE_URL_MALFORMAT, "malformed", "the URL is none"},
    {CURLE_UNSUPPORTED_PROTOCOL, "malformed", "the answer is not valid HTTP"},
    {CURLE_WEIRD_SERVER_REPLY, "malformed", "the answer is not valid HTTP"},
    {CURLE_BAD_CONTENT_ENCODING, "malformed", "the answer is not valid HTTP"},
    {CURLE_OUT_OF_MEMORY, "unreachable", "there is no memory for the exchange"},
}};

Error too_large(std::string_view what, std::size_t bound) {
  return {"too_large", fmt::format("the {} of the answer is larger than {} bytes", what, bound),
          ""};
}

// "HTTP/1.1 200 OK" -> 200; 0 where there is none.
int status_of(std::string_view line) {
  auto const space = line.find(' ');
  if (space == std::string_view::npos) return 0;
  line.remove_prefix(space + 1);
  int status = 0;
  std::from_chars(line.data(), line.data() + line.size(), status);
  return status;
}

}  // namespace

bool CurlTransfer::begin() {
  refused_repeat_ = begun_ > 0 && !(begun_ == 1 && is_repeatable(request_.method));
  if (refused_repeat_) {
    own_ = Error{"unreachable", "the server closed a kept connection without an answer", ""};
    return false;
  }
  ++begun_;
  return true;
}

bool CurlTransfer::take_head_line(std::string_view line) {
  head_bytes_ += line.size();
  if (head_bytes_ > request_.head_bytes_max) {
    own_ = too_large("head", request_.head_bytes_max);
    return false;
  }
  if (head_complete_) return true;  // a trailer
  if (line.starts_with("HTTP/")) {
    status_ = status_of(line);
    return true;
  }
  if (line != "\r\n" && line != "\n") return true;
  if (status_ == 101) {
    own_ = Error{"malformed", "the server changed to another protocol, which nobody asked for", ""};
    return false;
  }
  head_complete_ = status_ >= 200;
  return true;
}

bool CurlTransfer::take_body(std::string_view piece) {
  if (piece.size() > request_.body_bytes_max - std::min(body_.size(), request_.body_bytes_max)) {
    own_ = too_large("body", request_.body_bytes_max);
    return false;
  }
  body_.append(piece);
  return true;
}

ports::OutboundFate CurlTransfer::fate() const {
  if (head_complete_) return ports::OutboundFate::answered;
  return begun_ > 0 ? ports::OutboundFate::outcome_unknown : ports::OutboundFate::not_sent;
}

ports::OutboundFailure CurlTransfer::failure(Error error) const {
  if (own_) error = {own_->code, own_->detail, ""};
  return {.fate = fate(), .error = std::move(error), .status = head_complete_ ? status_ : 0};
}

Error error_of_curl(int code, std::string told) {
  // libcurl 7.88 knows that a certificate is the reason only where it was OpenSSL's first: of one
  // that an authority of the same name but another key has signed it says CURLE_SSL_CONNECT_ERROR.
  if (code == CURLE_SSL_CONNECT_ERROR && told.find("asn1 encoding") != std::string::npos) {
    code = CURLE_PEER_FAILED_VERIFICATION;
    told = "certificate signature failure: " + told;
  }
  auto const* const cause =
      std::ranges::find(kCauses, code, [](Cause const& one) { return static_cast<int>(one.curl); });
  if (told.empty()) told = curl_easy_strerror(static_cast<CURLcode>(code));
  if (cause == kCauses.end())
    return {"unreachable", "the exchange with the server failed", std::move(told)};
  return {std::string(cause->code), std::string(cause->detail), std::move(told)};
}

}  // namespace tally::platform
