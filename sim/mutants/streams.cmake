# Mutations of answers in pieces: their bound, and that one that is cut off shows it.

mutation(stream_without_a_bound "whoever writes a stream may be ahead of its client by any number of bytes" platform_test
src/platform/http_stream_pipe.cc
[==[    if (room() == 0) {
]==]
[==[    if (false) {
]==])

mutation(stream_never_waits "whoever writes a stream is never told to wait" platform_test
src/platform/http_stream_pipe.cc
[==[!abandoned_ && state_ == State::open && room() == 0;]==]
[==[false;]==])

mutation(dropped_stream_is_whole "a stream that is dropped looks complete" platform_test
src/platform/http_mailbox.cc
[==[{ pipe_->drop(); }]==]
[==[{ pipe_->end(); }]==])

mutation(cut_off_like_an_end "a body without chunks that is cut off ends like one that is whole" platform_test
src/platform/http_session.cc
[==[  if (unframed_ && !(answers_.empty() && output_.empty())) reset_on_close();
]==]
"")

mutation(gone_is_not_told "who waits for room waits for ever where the client is gone" platform_test
src/platform/http_session.cc
[==[  answers_.abandon();
]==]
""
src/platform/http_session_io.cc
[==[  answers_.abandon();
]==]
"")

mutation(export_reads_on "an export reads the ledger faster than its client takes it" api_test
src/api/event_export.cc
[==[  stream_.when_room([self = shared_from_this()] { self->go_on(); });
]==]
[==[  go_on();
]==])

mutation(export_without_its_key "an export goes on when its key was revoked" api_test
src/api/event_export.cc
[==[(stream_.gone() || !is_still_admitted(*x_))]==]
[==[stream_.gone()]==])
