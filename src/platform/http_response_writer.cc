#include "platform/http_response_writer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace tally::platform {

namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 9110 section 15.
constexpr std::array<Phrase, 40> kPhrases{{
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {204, "No Content"},
    {206, "Partial Content"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {507, "Insufficient Storage"},
}};

// For a code without an entry the phrase is empty, which is allowed.
std::string_view reason_phrase(int status) {
  auto const at = std::ranges::find(kPhrases, status, &Phrase::status);
  return at == kPhrases.end() ? std::string_view() : at->text;
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

// 1xx is the server's own, and three digits are all the status line holds.
int final_status(int status) { return status >= 200 && status <= 599 ? status : 500; }

// `framing`: the field that says how long the body is, with its line's beginning.
void append_head(std::string& out, int status, ports::HttpHeaders const& headers,
                 HttpAnswerForm const& form, std::string_view date, std::string_view framing) {
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\nDate: ";
  out += date;
  if (may_have_body(status)) out += framing;
  if (!form.keep_alive) {
    out += "\r\nConnection: close";
  } else if (form.http_1_0) {
    out += "\r\nConnection: keep-alive";
  }
  out += "\r\nX-Content-Type-Options: nosniff\r\n";
  for (auto const& [name, value] : headers) {
    if (is_framing(name)) continue;
    append_safely(out, name);
    out += ": ";
    append_safely(out, value);
    out += "\r\n";
  }
  out += "\r\n";
}

}  // namespace

bool has_body(int status, HttpAnswerForm const& form) {
  return may_have_body(final_status(status)) && !form.head_only;
}

void append_response(std::string& out, ports::HttpResponse const& response,
                     HttpAnswerForm const& form, std::string_view date) {
  append_head(out, final_status(response.status), response.headers, form, date,
              "\r\nContent-Length: " + std::to_string(response.body.size()));
  if (has_body(response.status, form)) out += response.body;
}

void append_stream_head(std::string& out, ports::HttpHead const& head, HttpAnswerForm const& form,
                        std::string_view date) {
  append_head(out, final_status(head.status), head.headers, form, date,
              form.http_1_0 ? "" : "\r\nTransfer-Encoding: chunked");
}

// An empty chunk would be the end.
void append_piece(std::string& out, std::string_view piece, HttpAnswerForm const& form) {
  if (piece.empty()) return;
  if (form.http_1_0) {
    out += piece;
    return;
  }
  std::array<char, 2 * sizeof(std::size_t)> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), piece.size(), 16);
  out.append(digits.data(), end.ptr);
  out += "\r\n";
  out += piece;
  out += "\r\n";
}

void append_stream_end(std::string& out, HttpAnswerForm const& form) {
  if (!form.http_1_0) out += "0\r\n\r\n";
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
