#!/usr/bin/env bash
# The first session: a server, twelve runs over real logs, everything that can go wrong on the way,
# and the proof that it did no harm. Each number that it shows is checked; the first that is not
# as promised ends the session with a message. ./run builds and calls this.
#
#   examples/first_session.sh [--check] [--port N] [--data DIR]
#
# --check stops the server at the end instead of serving on. TALLY names another binary.
set -euo pipefail

root=$(cd "$(dirname "$0")/.." && pwd)
tally=${TALLY:-$root/build/release/tally}
data=$root/data
port=7070
check_only=no

while [[ $# -gt 0 ]]; do
  case $1 in
    --check) check_only=yes ;;
    --port) port=${2:?--port needs a number}; shift ;;
    --data) data=${2:?--data needs a directory}; shift ;;
    *) echo "first_session: unknown option $1" >&2; exit 2 ;;
  esac
  shift
done

readonly url=http://127.0.0.1:$port
readonly callers=64          # that race on one key
readonly run_price_max=0.05  # held for each run
readonly seconds_max=90      # for the whole session
scratch=$(mktemp -d)
session=first-$(date +%s)-$$ # an earlier session's idempotency keys stay used
server=                      # process id
status=                      # of the last HTTP answer; its body is in $scratch/answer.json
mapfile -t logs < <(find "$root/examples/logs" -name '*.log' | sort)
run_id=() sequence=() outcome=() story=()

# --- words and numbers ---------------------------------------------------------------------------

heading() { printf '\n%s\n' "== $*"; }
say() { printf '   %s\n' "$*"; }
fail() {
  printf '\nfirst session: %s\n' "$*" >&2
  if [[ -s $scratch/server.log ]]; then
    echo "The server said last:" >&2
    tail -n 15 "$scratch/server.log" >&2
  fi
  exit 1
}
expect() { # WHAT EXPECTED FOUND
  [[ $2 == "$3" ]] || fail "$1 should be $2 and is $3"
}

# "12.3456" to 12345600 and back.
micros() {
  [[ $1 =~ ^([0-9]+)(\.([0-9]{1,6}))?$ ]] || fail "\"$1\" is no amount"
  local fraction=${BASH_REMATCH[3]}000000
  echo $((10#${BASH_REMATCH[1]} * 1000000 + 10#${fraction:0:6}))
}
usd() { printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000)) | sed -E 's/0{1,2}$//'; }

# --- the server --------------------------------------------------------------------------------

# In a session of its own, so that Ctrl-C reaches this script alone and the server once.
start_server() {
  setsid "$tally" serve --data "$data" --listen "127.0.0.1:$port" --jobs "$root/examples/jobs" \
    >>"$scratch/server.log" 2>&1 </dev/null &
  server=$!
  local tries
  for ((tries = 0; tries < 200; tries++)); do
    curl --silent --fail --max-time 2 --output /dev/null "$url/readyz" && return 0
    kill -0 "$server" 2>/dev/null || fail "the server ended while starting"
    sleep 0.1
  done
  fail "the server was not ready within 20 s"
}

kill_server() {
  kill -KILL "$server"
  wait "$server" 2>/dev/null || true
  server=
}

stop_server() {
  local code=0
  kill -TERM "$server" 2>/dev/null || true
  wait "$server" || code=$?
  server=
  expect "the server's exit code" 0 "$code"
  say "The server stopped cleanly; $data holds the ledger."
}

clean_up() {
  [[ -z $server ]] || { kill -TERM "$server" 2>/dev/null && wait "$server" 2>/dev/null; } || true
  rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM HUP

# --- HTTP ----------------------------------------------------------------------------------------

api() { # METHOD PATH [curl arguments]
  local method=$1 path=$2
  shift 2
  status=$(curl --silent --show-error --max-time 70 --request "$method" \
    --header "@$scratch/headers" --output "$scratch/answer.json" --write-out '%{http_code}' \
    "$@" "$url$path") || fail "$method $path got no answer"
}
answer() { jq -r "$1" "$scratch/answer.json"; }

read_key() {
  local file=$data/operator.key
  [[ -s $file ]] || fail "there is no $file"
  TALLY_KEY=$(tr -d '[:space:]' <"$file")
  export TALLY_KEY TALLY_SERVER=$url
  (umask 077 && printf 'Authorization: Bearer %s\nContent-Type: application/json\n' "$TALLY_KEY" \
    >"$scratch/headers")
}

# --- runs ----------------------------------------------------------------------------------------

# Run N reads log N. PAUSE lets it work that long before it ends.
write_input() { # N PAUSE
  jq -n --arg name "$(basename "${logs[$1 - 1]}")" --rawfile log "${logs[$1 - 1]}" \
    --argjson pause "$2" \
    '{name: $name, log: $log} + if $pause > 0 then {pause_s: $pause} else {} end' \
    >"$scratch/input-$1.json"
}

write_body() { # N MAX_COST TIMEOUT PAUSE
  write_input "$1" "$4"
  jq -n --slurpfile input "$scratch/input-$1.json" --arg max "$2" --argjson timeout "$3" \
    --arg session "$session" '{job: "log-patterns", input: $input[0], max_cost_usd: $max,
      timeout_s: $timeout, labels: {session: $session}}' >"$scratch/body-$1.json"
}

# Keeps what the 202 of run N said, and what the run is to show.
remember() { # N EXPECTED_OUTCOME STORY
  run_id[$1]=$(answer .run_id)
  sequence[$1]=$(answer .evidence.seq)
  outcome[$1]=$2
  story[$1]=$3
}

submit() { # N EXPECTED_OUTCOME STORY [MAX_COST [TIMEOUT [PAUSE]]]
  write_body "$1" "${4:-$run_price_max}" "${5:-30}" "${6:-0}"
  api POST /v1/runs --header "Idempotency-Key: $session-$1" --data-binary "@$scratch/body-$1.json"
  [[ $2 == refused ]] && return 0
  expect "the status of submitting run $1" 202 "$status"
  remember "$1" "$2" "$3"
}

# Leaves the run's view in answer.json once its status is one of the words, or gives up.
wait_for_status() { # N SECONDS WORDS...
  local n=$1 until=$((SECONDS + $2)) wait_s=5
  shift 2
  [[ " $* " != *" running "* ]] || wait_s=0
  while ((SECONDS <= until)); do
    api GET "/v1/runs/${run_id[n]}?wait_s=$wait_s"
    [[ $status == 200 && " $* " == *" $(answer .status) "* ]] && return 0
    sleep 0.1
  done
  fail "run $n (${run_id[n]}) is $(answer .status) and not yet one of: $*"
}
wait_for_end() { # N [SECONDS]
  wait_for_status "$1" "${2:-30}" succeeded failed expired cancelled audit_required
}

# --- money ---------------------------------------------------------------------------------------

# Sets available, held, spent in micros.
read_budget() {
  api GET /v1/budget
  expect "the status of /v1/budget" 200 "$status"
  available=$(micros "$(answer '(.budget // .).available_usd')")
  held=$(micros "$(answer '(.budget // .).held_usd')")
  spent=$(micros "$(answer '(.budget // .).spent_usd')")
}
show_budget() {
  say "available $(usd "$available")   held $(usd "$held")   spent $(usd "$spent")   (USD)"
}

# What was ever granted to the tenant, in micros, from the ledger's own events.
granted() {
  "$tally" ledger cat --data "$data" --json |
    jq -n '[inputs | if type == "array" then .[] else . end | .event? // .
            | select(.type == "budget.granted" and .tenant == "default") | .body.amount
            | if type == "number" then . else tonumber * 1000000 | round end] | add // 0'
}

# --- the session ---------------------------------------------------------------------------------

check_tools() {
  local tool
  [[ -x $tally ]] || fail "there is no $tally; ./run builds it"
  for tool in curl jq ps setsid; do
    command -v "$tool" >/dev/null || fail "$tool is missing; see packaging/apt-packages.txt"
  done
  [[ ${#logs[@]} -ge 12 ]] || fail "examples/logs holds ${#logs[@]} logs; the session reads 12"
  ! curl --silent --max-time 2 --output /dev/null "$url/health" ||
    fail "something already answers on $url; stop it or choose another --port"
}

begin() {
  heading "A server on $url, with its ledger in $data"
  start_server
  read_key
  read_budget
  spent_before=$spent
  held_before=$held
  show_budget
}

plain_runs() {
  heading "Six runs: each holds $run_price_max USD, works in a sandbox, is charged what it cost"
  local n
  write_input 1 0
  "$tally" run submit --job log-patterns --input "$scratch/input-1.json" --key "$session-1" \
    --max-cost "$run_price_max" --json >"$scratch/answer.json" || fail "tally run submit failed"
  remember 1 succeeded "submitted with tally run submit"
  for n in 2 3 4 5 6; do submit "$n" succeeded "submitted over HTTP"; done
  for n in 1 2 3 4 5 6; do wait_for_end "$n"; done
  api GET "/v1/runs/${run_id[1]}/result"
  expect "the status of the first result" 200 "$status"
  say "$(answer '"\(.name): \(.lines) lines, \(.levels.ERROR // 0) errors, most often:"')"
  say "$(answer '.patterns[0] | "\(.count) x \(.pattern[0:90])"')"
}

one_key_many_callers() {
  heading "Run 7: $callers callers at once with one key"
  write_body 7 "$run_price_max" 30 0
  mkdir "$scratch/race"
  seq "$callers" | xargs -P "$callers" -I{} curl --silent --max-time 60 --request POST \
    --header "@$scratch/headers" --header "Idempotency-Key: $session-7" \
    --data-binary "@$scratch/body-7.json" --output "$scratch/race/{}.json" \
    --write-out '%{http_code}\n' "$url/v1/runs" >"$scratch/race.status" ||
    fail "a caller got no answer"
  expect "the number of 202 answers" "$callers" "$(grep -c '^202$' "$scratch/race.status")"
  expect "the number of different runs" 1 \
    "$(jq -r .run_id "$scratch"/race/*.json | sort -u | wc -l)"
  expect "the number of answers that are no replay" 1 \
    "$(jq -r .idempotent_replay "$scratch"/race/*.json | grep -c false)"
  cp "$scratch/race/1.json" "$scratch/answer.json"
  remember 7 succeeded "$callers callers, one key"
  wait_for_end 7
  say "$callers answers, one run: ${run_id[7]}"
}

refused_for_money() {
  heading "Run 8: asks for more than there is"
  submit 8 refused "" 1000000.00
  expect "the status" 402 "$status"
  expect "the code" budget_exceeded "$(answer .code)"
  story[8]="asked for $(answer .asked_usd), refused with 402"
  say "402 $(answer .code): asked $(answer .asked_usd), available $(answer .available_usd)"
}

times_out() {
  heading "Run 9: may take 2 s and wants 40"
  submit 9 failed "stopped at its time limit" "$run_price_max" 2 40
  wait_for_end 9
  expect "the error of run 9" timeout "$(answer .error.code)"
  say "$(answer '"\(.status): \(.error.code), charged \(.receipt.charged_usd)"')"
}

descendants() {
  local child
  for child in $(ps -o pid= --ppid "$1"); do
    echo "$child"
    descendants "$child"
  done
}

# Processes of the running job, the outermost first.
job_processes() {
  local process
  for process in $(descendants "$server"); do
    ! ps -o args= -p "$process" | grep -qF ./work.py || echo "$process"
  done
}

worker_killed() {
  heading "Run 10: its worker is killed while running"
  local processes=() tries
  submit 10 succeeded "worker killed, then tried again" "$run_price_max" 30 2
  wait_for_status 10 15 running
  for ((tries = 0; tries < 50 && ${#processes[@]} == 0; tries++)); do
    mapfile -t processes < <(job_processes)
    sleep 0.1
  done
  [[ ${#processes[@]} -gt 0 ]] || fail "no process of run 10 is to be seen"
  kill -KILL "${processes[@]}" 2>/dev/null || true
  say "killed process ${processes[0]} and what it had started"
  wait_for_end 10
  expect "the attempts of run 10" 2 "$(answer .attempts)"
  say "$(answer '"\(.status) after \(.attempts) attempts, charged once: \(.receipt.charged_usd)"')"
}

server_killed() {
  heading "Runs 11 and 12 are under way: SIGKILL for the server"
  local n
  for n in 11 12; do
    submit "$n" succeeded "the server was killed meanwhile" "$run_price_max" 30 2
  done
  wait_for_status 11 15 running
  kill_server
  say "killed; starting again from the ledger alone"
  start_server
  for n in 11 12; do wait_for_end "$n" 60; done
  say "both went on and ended"
}

all_accounted_for() {
  heading "All twelve are accounted for"
  local n charged=0 total row='   %-3s %-22s %-9s %8s %10s  %s\n'
  # shellcheck disable=SC2059 # the format is the table's row
  printf "$row" run log status attempts charged story
  for n in {1..12}; do
    if [[ $n == 8 ]]; then
      # shellcheck disable=SC2059
      printf "$row" 8 "$(basename "${logs[7]}")" refused - - "${story[8]}"
      continue
    fi
    api GET "/v1/runs/${run_id[n]}"
    # shellcheck disable=SC2059
    printf "$row" "$n" "$(basename "${logs[n - 1]}")" "$(answer .status)" \
      "$(answer .attempts)" "$(answer .receipt.charged_usd)" "${story[n]}"
    expect "the status of run $n" "${outcome[n]}" "$(answer .status)"
    charged=$((charged + $(micros "$(answer .receipt.charged_usd)")))
  done
  read_budget
  show_budget
  expect "what is held" "$(usd "$held_before")" "$(usd "$held")"
  expect "what the twelve runs spent" "$(usd "$charged")" "$(usd $((spent - spent_before)))"
  total=$(granted)
  expect "available + held + spent" "$(usd "$total")" "$(usd $((available + held + spent)))"
  say "available + held + spent = $(usd "$total"), which is what was granted"
}

verify_ledger() {
  heading "The ledger proves it: tally ledger verify"
  "$tally" ledger verify --data "$data" --json >"$scratch/answer.json" ||
    fail "the ledger does not verify: $(cat "$scratch/answer.json")"
  expect "ok" true "$(answer .ok)"
  say "$(answer '"\(.events) events, \(.frames) frames, \(.checkpoints) checkpoints"')"
  say "root $(answer .root_sha256)"
}

# One bit of the first stored record that names the run, in a copy of the data directory.
flip_one_bit() { # RUN_ID DIRECTORY
  local file offset byte
  file=$(grep -rlaF "$1" "$2/ledger" | sort | head -n 1)
  [[ -n $file ]] || fail "no file below $2/ledger names $1"
  offset=$(grep -obaF "$1" "$file" | head -n 1 | cut -d: -f1)
  offset=$((offset + ${#1} - 1))
  byte=$(od -An -tu1 -j "$offset" -N 1 "$file")
  # shellcheck disable=SC2059 # the format is the byte, as an octal escape
  printf "\\$(printf '%03o' $((byte ^ 1)))" |
    dd of="$file" bs=1 seek="$offset" conv=notrunc status=none
  say "flipped one bit at byte $offset of $(basename "$file") in a copy"
}

tampering_is_named() {
  heading "One flipped bit in a copy: which event is it?"
  local copy=$scratch/copy code=0 named
  cp -a "$data" "$copy"
  flip_one_bit "${run_id[5]}" "$copy"
  "$tally" ledger verify --data "$copy" --json >"$scratch/answer.json" 2>/dev/null || code=$?
  expect "the exit code of verify" 1 "$code"
  expect "ok" false "$(answer .ok)"
  named=$(answer '.first_bad_seq // .bad_seq // .seq')
  say "verify names event $named; run 5 was accepted in event ${sequence[5]}"
  expect "the named event" "${sequence[5]}" "$named"
}

replay_everything() {
  heading "Every decision decided again: tally replay --all"
  "$tally" replay --all --data "$data" >"$scratch/replay.txt" 2>&1 ||
    fail "replay found a difference: $(tail -n 5 "$scratch/replay.txt")"
  say "$(tail -n 1 "$scratch/replay.txt")"
}

where_next() {
  heading "Done in $SECONDS s. Where to look next"
  ((SECONDS <= seconds_max)) || say "(that is more than the promised $seconds_max s)"
  cat <<TEXT
   export TALLY_KEY=\$(cat $data/operator.key)
   $tally run show ${run_id[10]}
   $tally ledger cat --data $data
   $tally ledger prove --help
   $url/docs      every endpoint          $url/metrics  numbers
   docs/tour.md    the life of one run, file by file
   examples/worker.py   a worker of your own: submit a run of remote-echo and start it
TEXT
}

serve_on() {
  heading "Serving on $url; Ctrl-C stops cleanly, ./run continues this ledger"
  trap 'echo; stop_server; exit 0' INT TERM HUP
  wait "$server" || fail "the server ended by itself"
}

SECONDS=0
check_tools
begin
plain_runs
one_key_many_callers
refused_for_money
times_out
worker_killed
server_killed
all_accounted_for
verify_ledger
tampering_is_named
replay_everything
where_next
if [[ $check_only == yes ]]; then stop_server; else serve_on; fi
