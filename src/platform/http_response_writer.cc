#include "platform/http_response_writer.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace tally::platform {

namespace {

// RFC 9110 section 15; for a code without an entry the phrase is empty, which is allowed.
std::string_view reason_phrase(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 416:
      return "Range Not Satisfiable";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

bool same_name(std::string_view a, std::string_view lower) {
  auto const equal = [](char x, char y) {
    return (x >= 'A' && x <= 'Z' ? static_cast<char>(x + ('a' - 'A')) : x) == y;
  };
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), equal);
}

bool is_framing(std::string_view name) {
  return same_name(name, "content-length") || same_name(name, "transfer-encoding") ||
         same_name(name, "connection") || same_name(name, "date") ||
         same_name(name, "x-content-type-options");
}

// CR, LF and NUL would let a value end its field; they become spaces.
void append_safely(std::string& out, std::string_view text) {
  auto const at = out.size();
  out += text;
  for (auto i = at; i < out.size(); ++i) {
    if (out[i] == '\r' || out[i] == '\n' || out[i] == '\0') out[i] = ' ';
  }
}

bool may_have_body(int status) { return status != 204 && status != 304; }

}  // namespace

void append_response(std::string& out, ports::HttpResponse const& response,
                     HttpAnswerForm const& form, std::string_view date) {
  // 1xx is the server's own, and three digits are all the status line holds.
  int const status = response.status >= 200 && response.status <= 599 ? response.status : 500;
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\nDate: ";
  out += date;
  if (may_have_body(status)) {
    out += "\r\nContent-Length: ";
    out += std::to_string(response.body.size());
  }
  if (!form.keep_alive) {
    out += "\r\nConnection: close";
  } else if (form.http_1_0) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  for (auto const& [name, value] : response.headers) {
    if (is_framing(name)) continue;
    append_safely(out, name);
    out += ": ";
    append_safely(out, value);
    out += "\r\n";
  }
  out += "\r\n";
  if (may_have_body(status) && !form.head_only) out += response.body;
}

std::string http_date(Instant instant) {
  static constexpr std::array<char const*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<char const*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::time_t const whole_seconds = instant.value() / 1'000'000;
  std::tm utc{};
  ::gmtime_r(&whole_seconds, &utc);
  auto const two = [](int n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  return std::string(days[static_cast<std::size_t>(utc.tm_wday)]) + ", " + two(utc.tm_mday) + " " +
         months[static_cast<std::size_t>(utc.tm_mon)] + " " + std::to_string(utc.tm_year + 1900) +
         " " + two(utc.tm_hour) + ":" + two(utc.tm_min) + ":" + two(utc.tm_sec) + " GMT";
}

}  // namespace tally::platform
