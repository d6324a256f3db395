#include "platform/http_request_reader.h"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <optional>
#include <utility>

#include "base/check.h"
#include "platform/http_gunzip.h"
#include "platform/http_head_rules.h"
#include "platform/http_head_scan.h"

namespace tally::platform {

using ports::HttpFault;
namespace beast_http = boost::beast::http;
using boost::beast::error_code;
using boost::beast::string_view;

namespace {

constexpr std::size_t headers_max = 128;
constexpr std::size_t method_bytes_max = 32;
// An unfinished chunked body still lacks "0 CRLF CRLF" at least. Beast 1.81 asserts that it sees
// that much when it comes back to a last chunk ("0 CRLF CR" stops the process), so it is not
// called with less.
constexpr std::size_t chunked_rest_bytes_min = 5;
constexpr std::size_t body_reserve_max = 64 * 1024;  // a declared length is not yet a sent one

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

bool is_method(std::string_view method) {
  return method.size() <= method_bytes_max && std::all_of(method.begin(), method.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
         });
}

HttpRefusal malformed(std::string detail) { return {HttpFault::malformed, 400, std::move(detail)}; }

HttpRefusal body_too_large(std::size_t bytes_max) {
  return {HttpFault::body_too_large, 413,
          "the body exceeds " + std::to_string(bytes_max) + " bytes"};
}

HttpRefusal head_too_large(std::size_t bytes_max) {
  return {HttpFault::header_too_large, 431,
          "the request line and headers exceed " + std::to_string(bytes_max) + " bytes or " +
              std::to_string(headers_max) + " fields"};
}

}  // namespace

// Beast's parser writing straight into a ports::HttpRequest. Fields after the head are the
// trailers of a chunked body: dropped, since nobody who checked the head has seen them.
class HttpRequestReader::Parser final : public beast_http::basic_parser<true> {
 public:
  ports::HttpRequest request;
  bool http_1_0 = false;
  bool target_valid = true;
  bool too_many_headers = false;
  HttpHeadFacts facts;

 private:
  void on_request_impl(beast_http::verb, string_view method, string_view target, int version,
                       error_code&) override {
    request.method.assign(method.data(), method.size());
    target_valid = is_method(request.method) &&
                   split_target({target.data(), target.size()}, request.path, request.query);
    http_1_0 = version == 10;
  }
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(beast_http::field, string_view name, string_view value, error_code&) override {
    if (is_header_done()) return;
    if (request.headers.size() == headers_max) {
      too_many_headers = true;
      return;
    }
    auto& [key, text] = request.headers.emplace_back();
    key.resize(name.size());
    std::transform(name.begin(), name.end(), key.begin(), to_lower);
    text.assign(value.data(), value.size());
  }
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(boost::optional<std::uint64_t> const& length, error_code&) override {
    if (length) request.body.reserve(std::min<std::size_t>(*length, body_reserve_max));
  }
  std::size_t on_body_impl(string_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, string_view piece, error_code&) override {
    request.body.append(piece.data(), piece.size());
    return piece.size();
  }
  void on_finish_impl(error_code&) override {}
};

HttpRequestReader::HttpRequestReader(HttpRequestLimits limits) : limits_(limits) {}
HttpRequestReader::~HttpRequestReader() = default;

HttpRequestReader::Step HttpRequestReader::read(std::string_view bytes, std::size_t& used) {
  used = 0;
  switch (phase_) {
    case Phase::refused:
      return Step::refused;
    case Phase::body:
      return read_body(bytes, used);
    case Phase::idle:
    case Phase::head:
      break;
  }
  return read_head(bytes, used);
}

HttpRequestReader::Step HttpRequestReader::read_head(std::string_view bytes, std::size_t& used) {
  // RFC 9112 section 2.2: an empty line before the request line is to be ignored; one is enough.
  if (phase_ == Phase::idle && !blank_line_skipped_ && bytes.substr(0, 2) == "\r\n") {
    blank_line_skipped_ = true;
    used = 2;
    bytes.remove_prefix(2);
  }
  bool const waits_for_line_feed = !blank_line_skipped_ && bytes == "\r";
  if (bytes.empty() || (phase_ == Phase::idle && waits_for_line_feed)) return Step::need_more;
  phase_ = Phase::head;
  auto const scan = scan_head(bytes.substr(0, limits_.header_bytes_max), scanned_);
  if (scan.state == HttpHeadScan::State::refused) return refuse(malformed(scan.detail));
  if (scan.state == HttpHeadScan::State::incomplete) {
    bool const full = bytes.size() >= limits_.header_bytes_max;
    return full ? refuse(head_too_large(limits_.header_bytes_max)) : Step::need_more;
  }
  used += scan.bytes;
  auto const step = parse_head(bytes.substr(0, scan.bytes));
  if (step != Step::need_more || phase_ != Phase::body) return step;
  bytes.remove_prefix(scan.bytes);
  if (bytes.empty()) return step;
  continue_wanted_ = false;  // it did not wait
  std::size_t body_used = 0;
  auto const body_step = read_body(bytes, body_used);
  used += body_used;
  return body_step;
}

HttpRequestReader::Step HttpRequestReader::parse_head(std::string_view head) {
  if (auto refusal = check_version(head)) return refuse(*std::move(refusal));
  parser_ = std::make_unique<Parser>();
  parser_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes_max + 1));
  parser_->body_limit(limits_.body_bytes_max);
  error_code error;
  parser_->put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (!parser_->target_valid) return refuse(malformed("the method or the target is not valid"));
  if (parser_->too_many_headers) return refuse(head_too_large(limits_.header_bytes_max));
  // The rules come before the limit: their sentence is the more useful one.
  bool const fields_complete = !error || error == beast_http::error::body_limit;
  if (fields_complete) {
    parser_->facts.http_1_0 = parser_->http_1_0;
    auto refusal = check_head(parser_->request, parser_->facts);
    if (refusal) return refuse(*std::move(refusal));
  }
  if (error == beast_http::error::body_limit) {
    return refuse(body_too_large(limits_.body_bytes_max));
  }
  if (error) return refuse(malformed("the head is not valid HTTP: " + error.message()));
  if (parser_->is_done()) return finish();
  phase_ = Phase::body;
  continue_wanted_ = !parser_->http_1_0 && !parser_->request.header("expect").empty();
  return Step::need_more;
}

HttpRequestReader::Step HttpRequestReader::read_body(std::string_view bytes, std::size_t& used) {
  used = 0;
  if (parser_->chunked() && bytes.size() < chunked_rest_bytes_min) return Step::need_more;
  parser_->eager(true);
  error_code error;
  while (!error && !parser_->is_done() && used < bytes.size()) {
    used +=
        parser_->put(boost::asio::const_buffer(bytes.data() + used, bytes.size() - used), error);
  }
  if (error == beast_http::error::body_limit) {
    return refuse(body_too_large(limits_.body_bytes_max));
  }
  if (error && error != beast_http::error::need_more) {
    return refuse(malformed("the body is not valid HTTP: " + error.message()));
  }
  if (parser_->is_done()) return finish();
  // Only the line of a chunk or the trailers can be left over; they obey the limit of a head.
  if (bytes.size() - used >= limits_.header_bytes_max) {
    return refuse(malformed("a chunk header or the trailers are too long"));
  }
  return Step::need_more;
}

std::optional<HttpRefusal> HttpRequestReader::unpack_body() {
  auto& request = parser_->request;
  if (parser_->facts.coding == HttpContentCoding::none) return std::nullopt;
  std::erase_if(request.headers,
                [](auto const& header) { return header.first == "content-encoding"; });
  if (parser_->facts.coding == HttpContentCoding::identity) return std::nullopt;
  auto unpacked = gunzip(request.body, limits_.body_bytes_max);
  if (unpacked) {
    request.body = *std::move(unpacked);
    return std::nullopt;
  }
  if (unpacked.error().code == "too_large") return body_too_large(limits_.body_bytes_max);
  return malformed(unpacked.error().detail);
}

HttpRequestReader::Step HttpRequestReader::finish() {
  if (auto refusal = unpack_body()) return refuse(*std::move(refusal));
  phase_ = Phase::idle;
  scanned_ = 0;
  blank_line_skipped_ = false;
  continue_wanted_ = false;
  return Step::request;
}

HttpRequestReader::Step HttpRequestReader::refuse(HttpRefusal refusal) {
  phase_ = Phase::refused;
  refusal_ = std::move(refusal);
  parser_.reset();
  return Step::refused;
}

HttpIncoming HttpRequestReader::take() {
  TALLY_CHECK(parser_ && parser_->is_done(), "there is no request to take");
  HttpIncoming incoming;
  incoming.request = std::move(parser_->request);
  incoming.form.keep_alive = parser_->keep_alive();
  incoming.form.http_1_0 = parser_->http_1_0;
  if (incoming.request.method == "HEAD") {
    incoming.form.head_only = true;
    incoming.request.method = "GET";
  }
  parser_.reset();
  return incoming;
}

HttpRefusal const& HttpRequestReader::refusal() const { return refusal_; }
HttpRequestReader::Phase HttpRequestReader::phase() const { return phase_; }

bool HttpRequestReader::take_continue_wanted() { return std::exchange(continue_wanted_, false); }

}  // namespace tally::platform
