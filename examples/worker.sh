#!/usr/bin/env bash
# A worker for runner = "worker" job kinds in curl and jq: leases runs until none is left.
#
#     TALLY_KEY=tk_... examples/worker.sh [URL]
#
# See examples/worker.py for one that sends heartbeats; work of a few seconds needs none.
set -euo pipefail

server=${1:-http://127.0.0.1:7070}
route=/v1/work # workers lease here, and report what became of it
: "${TALLY_KEY:?set TALLY_KEY to a key that may work}"

# The key goes in by a file descriptor, so that it never stands in the list of processes.
post() {
  curl --silent --show-error --fail-with-body --max-time 60 --json "$2" \
    --header @<(printf 'Authorization: Bearer %s\n' "$TALLY_KEY") "$server$1"
}

# The work itself: the words of {"text": "..."} counted.
work_on() { jq -c '{words: (.text // "" | [scan("\\S+")] | length)}' <<<"$1"; }

execute() {
  local lease fence result
  lease=$route/$(jq -r .lease_id <<<"$1")
  fence=$(jq -c '{fence}' <<<"$1")
  post "$lease/start" "$fence" >/dev/null
  if result=$(work_on "$(jq -c .input <<<"$1")"); then
    post "$lease/complete" "$(jq -c --argjson result "$result" '. + {$result}' <<<"$fence")"
  else
    post "$lease/fail" "$(jq -c '. + {code: "exit_nonzero", retry: false}' <<<"$fence")"
  fi >/dev/null
  echo "$(jq -r .run_id <<<"$1") done"
}

while work=$(post "$route/lease" '{"jobs":["remote-echo"],"max":1,"wait_s":2}') &&
  item=$(jq -ce '.work[0]' <<<"$work"); do
  execute "$item"
done
