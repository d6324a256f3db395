#pragma once

// Takes out of a text what must not be kept or shown. For texts that we did not write: what a job
// said, what a library complained of, what a caller put into a message.

#include <string>
#include <string_view>

namespace tally {

inline constexpr std::string_view kRedacted = "[redacted]";

// One line of at most `bytes_max` bytes of valid UTF-8. Gone are: control characters; the value of
// anything that is named like a secret (password=..., "token": ..., Authorization: ...); words that
// look like one (Bearer ..., a JWT, a PEM block's body, and any word of 16 characters or more that
// mixes letters and digits and is none of our own ids, no hash that stands for content, no path
// and no number).
std::string redacted(std::string_view text, std::size_t bytes_max);

// Does this name announce a secret value? Case and punctuation do not matter.
bool is_secret_name(std::string_view name);

}  // namespace tally
