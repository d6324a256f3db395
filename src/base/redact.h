#pragma once

// Takes out of a text what must not be kept or shown. For texts that we did not write: what a job
// said, what a library complained of, what a caller put into a message. It rather takes a word too
// many; what it cannot know is a secret of ordinary words without a name.

#include <string>
#include <string_view>

namespace tally {

inline constexpr std::string_view kRedacted = "[redacted]";

// One line of at most `bytes_max` bytes of valid UTF-8. Gone are:
//   control characters
//   the value of anything named like a secret: password=..., "api_key": "...", DB_PWD: ...
//   what follows Authorization or Cookie to the end of the line, and Bearer or Basic by a word
//   user and password of a URL
//   words that look like secrets: our own tokens, JWTs, tokens with their issuer's prefix (hf_,
//   npm_, ghp_ and their kin), Base64 of 20 characters and more, and any
//   piece of 16 or more that mixes letters and digits and is no id of ours, no hash and no number
std::string redacted(std::string_view text, std::size_t bytes_max);

// The end of a text of several lines, each redacted, at most `bytes_max` bytes. The first line of a
// text longer than that is left out: what its front hid may have been the name of a secret.
std::string redacted_tail(std::string_view text, std::size_t bytes_max);

// Does this name announce a secret value? Case and punctuation do not matter.
bool is_secret_name(std::string_view name);

}  // namespace tally
