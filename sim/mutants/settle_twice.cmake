# A completion that is reported again settles the run again, and nothing in apply objects.
change(src/domain/run/decide_work.cc
[==[row.result->digest == command.result.digest)]==]
[==[row.result->digest == command.result.digest)
    return succeed(facts, command.measured, command.result, "completed");
  if (false)]==])
change(src/domain/run/apply.cc
[==[  TALLY_CHECK(!is_final(before.phase), "a run ends once");
]==]
"")
