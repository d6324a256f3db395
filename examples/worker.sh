#!/usr/bin/env bash
# A worker for runner = "worker" job kinds in curl and jq: leases runs until none is left.
#
#     TALLY_KEY=tk_... examples/worker.sh [URL]
#
# While the work goes on it says so every few seconds, and stops where the answer is to stop.
set -euo pipefail

server=${1:-http://127.0.0.1:7070}
route=/v1/work # workers lease here, and report what became of it
heartbeat_s=5
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: "${TALLY_KEY:?set TALLY_KEY to a key that may work}"

# The key goes in by a file descriptor, so that it never stands in the list of processes.
post() {
  curl --silent --show-error --fail-with-body --max-time 60 --json "$2" \
    --header @<(printf 'Authorization: Bearer %s\n' "$TALLY_KEY") "$server$1"
}

# The work itself: the words of {"text": "..."} counted.
work_on() { jq -c '{words: (.text // "" | [scan("\\S+")] | length)}' <<<"$1"; }

# Kills the work and says why, once the server wants it to stop; a lease that is lost ends the same.
watch() { # lease fence work file
  local answer
  while sleep "$heartbeat_s" && kill -0 "$3" 2>/dev/null; do
    answer=$(post "$1/heartbeat" "$2") || true
    jq -er 'if .action == "stop" then .reason elif .code == "lease_lost" then .code
            else empty end' <<<"$answer" >"$4" || continue
    kill "$3" 2>/dev/null || true
    return
  done
}

execute() {
  local lease fence work watcher answer reason
  lease=$route/$(jq -r .lease_id <<<"$1")
  fence=$(jq -c '{fence}' <<<"$1")
  post "$lease/start" "$fence" >/dev/null
  work_on "$(jq -c .input <<<"$1")" >"$scratch/result" 2>"$scratch/stderr" &
  work=$!
  : >"$scratch/reason"
  watch "$lease" "$fence" "$work" "$scratch/reason" &
  watcher=$!
  if wait "$work"; then
    answer=$(jq -c --slurpfile result "$scratch/result" '. + {result: $result[0]}' <<<"$fence")
    post "$lease/complete" "$answer"
  else
    reason=$(cat "$scratch/reason")
    [ "$reason" = lease_lost ] || post "$lease/fail" "$(jq -c --arg code "${reason:-exit_nonzero}" \
      --rawfile tail <(tail -c 8192 "$scratch/stderr") '. + {$code, stderr_tail: $tail}' \
      <<<"$fence")"
  fi >/dev/null
  kill "$watcher" 2>/dev/null || true
  echo "$(jq -r .run_id <<<"$1") ${reason:-done}"
}

while work=$(post "$route/lease" '{"jobs":["remote-echo"],"max":1,"wait_s":2}') &&
  item=$(jq -ce '.work[0]' <<<"$work"); do
  execute "$item"
done
