# Mutations of what is known about a request that was sent to another server.

mutation(outbound_sends_twice "a POST is sent again where a kept connection ended" platform_test
src/platform/curl_transfer.cc
[==[  refused_repeat_ = begun_ > 0 && !(begun_ == 1 && is_repeatable(request_.method));
]==]
[==[  refused_repeat_ = false;
]==])

mutation(outbound_takes_the_unasked "what came before a request is its answer" platform_test
src/platform/curl_outbound.cc
[==[  return got >= 0 || (errno != EAGAIN && errno != EINTR);
]==]
[==[  return got == 0;
]==])

mutation(outbound_half_a_head "a head without its end is an answer" platform_test
src/platform/curl_outbound.cc
[==[  if (code == CURLE_OK && transfer.is_answered()) {
]==]
[==[  if (code == CURLE_OK) {
]==])

mutation(outbound_body_without_bound "an answer may have any size" platform_test
src/platform/curl_transfer.cc
[==[  if (piece.size() > request_.body_bytes_max - std::min(body_.size(), request_.body_bytes_max)) {
]==]
[==[  if (false) {
]==])
