#pragma once

// Turns an HttpResponse into the bytes of an HTTP/1.1 response. The framing fields
// (Content-Length, Date, Connection) are written here and nowhere else; a service that sets them
// is overruled, and line breaks in what it sets cannot start a new field.

#include <string>
#include <string_view>

#include "base/time.h"
#include "ports/http.h"

namespace tally::platform {

// What the request decides about the form of its answer.
struct HttpAnswerForm {
  bool head_only = false;  // HEAD: the length is told, the body is not sent
  bool keep_alive = true;
  bool http_1_0 = false;  // must be told when the connection stays open
};

void append_response(std::string& out, ports::HttpResponse const& response,
                     HttpAnswerForm const& form, std::string_view date);

// A body in pieces: chunks (RFC 9112 section 7.1), or until the connection closes where the client
// speaks HTTP/1.0, which has none.
void append_stream_head(std::string& out, ports::HttpHead const& head, HttpAnswerForm const& form,
                        std::string_view date);
void append_piece(std::string& out, std::string_view piece, HttpAnswerForm const& form);
void append_stream_end(std::string& out, HttpAnswerForm const& form);
// Whether bytes follow the head at all.
bool has_body(int status, HttpAnswerForm const& form);

// IMF-fixdate of RFC 9110 section 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT".
std::string http_date(Instant instant);

}  // namespace tally::platform
