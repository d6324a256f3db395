#!/usr/bin/env bash
# A worker for runner = "worker" job kinds in curl and jq: leases runs until none is left. It ends
# with 0 then, and with 1 and a sentence where the server does not let it work.
#
#     TALLY_KEY=tk_... examples/worker.sh [URL]
#
# While the work goes on it says so every few seconds, and stops where the answer is to stop.
set -euo pipefail

server=${1:-http://127.0.0.1:7070}
route=/v1/work # workers lease here, and report what became of it
heartbeat_s=5
tries=5 # of one request, while the server is away or has no room
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: "${TALLY_KEY:?set TALLY_KEY to a key that may work}"

# The key goes in by a file descriptor, so that it never stands in the list of processes. What ends
# by itself is asked again after the time that the answer names; anything else is said.
post() { # path body
  local own=$scratch/$BASHPID status after try
  for ((try = 1; try <= tries; ++try)); do
    : >"$own.body"
    status=$(curl --silent --show-error --max-time 60 --json "$2" \
      --header @<(printf 'Authorization: Bearer %s\n' "$TALLY_KEY") \
      --dump-header "$own.head" --output "$own.body" --write-out '%{http_code}' \
      "$server$1") || status=none
    case $status in
      2??) cat "$own.body" && return ;;
      429 | 503 | none) ;;
      *) break ;;
    esac
    after=$(sed -n 's/^retry-after: *\([0-9]*\).*/\1/Ip' "$own.head" 2>/dev/null) || true
    if [ "$status" != none ] && [ -z "$after" ]; then break; fi # a person has to end it
    [ "$try" = "$tries" ] || sleep "${after:-1}"
  done
  echo "worker: $server$1 answers $status: $(jq -r '.detail // "no reason"' "$own.body" \
    2>/dev/null || echo "nothing that can be read")" >&2
  cat "$own.body"
  return 1
}

# The work itself: the words of {"text": "..."} counted.
work_on() { jq -c '{words: (.text // "" | [scan("\\S+")] | length)}' <<<"$1"; }

# Kills the work and says why, once the server wants it to stop; a lease that is lost ends the same.
watch() { # lease fence work file
  local answer
  while sleep "$heartbeat_s" >/dev/null 2>&1 && kill -0 "$3" 2>/dev/null; do
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

while true; do
  if ! work=$(post "$route/lease" '{"jobs":["remote-echo"],"max":1,"wait_s":2}'); then
    echo "worker: no work can be leased; it ends" >&2
    exit 1
  fi
  item=$(jq -ce '.work[0]' <<<"$work") || break # none is left
  execute "$item"
done
