#!/bin/sh
# Input: {"sleep_s": N}. Output: {"slept_s": N}.
set -eu
seconds=$(grep -o '"sleep_s" *: *[0-9.]*' "$TALLY_INPUT" | grep -o '[0-9.]*$') || {
  echo 'slow: the input needs "sleep_s" (a number of seconds)' >&2
  exit 1
}
sleep "$seconds"
printf '{"slept_s": %s}\n' "$seconds"
