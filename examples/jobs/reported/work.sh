#!/bin/sh
# Input: {"words": "..."}. Each word costs 0.0001 USD. Output: {"words": N}.
set -eu
text=$(sed -n 's/.*"words" *: *"\([^"]*\)".*/\1/p' "$TALLY_INPUT")
words=$(printf '%s\n' "$text" | wc -w)
printf '{"cost_usd":"%d.%04d"}' "$((words / 10000))" "$((words % 10000))" >"$TALLY_RECEIPT"
printf '{"words": %d}\n' "$words"
