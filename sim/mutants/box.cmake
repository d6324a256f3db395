# Mutations of the box that work runs in, of what is loaded at a start, and of time.

mutation(families_open "work opens sockets of every family" platform_test
src/platform/call_filter.cc
[==[  add_families(rules);
]==]
"")

mutation(others_limits "work sets the limits of other processes" platform_test
src/platform/call_filter.cc
[==[  rules.refuse(SCMP_SYS(prlimit64), argument(0, SCMP_CMP_NE, 0));  // one's own limits only
]==]
"")

mutation(host_sockets_open "work at the level landlock connects to the machine's sockets" platform_test
src/platform/call_filter.cc
[==[    SCMP_SYS(connect),
]==]
"")

mutation(chmod_of_others "work at the level landlock changes modes by path" platform_test
src/platform/call_filter.cc
[==[SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), kFchmodat2,]==]
[==[]==])

mutation(bubblewrap_unfiltered "bubblewrap gets no filter of calls" platform_test
src/platform/sandbox_bubblewrap.cc
[==[  add(all, {"--seccomp", std::to_string(kHandedFd)});
]==]
"")

mutation(no_quota "nobody looks how much a box holds" platform_test
src/platform/process.cc
[==[    if (plan_.exceeds_quota(process_.pid)) asked_ ? kill_now() : stop(ProcessEnd::over_quota);
]==]
"")

mutation(quota_by_name_only "deleted files that are open count for nothing" platform_test
src/platform/box_usage.cc
[==[named + bytes_without_name(group) > bytes_max]==]
[==[named > bytes_max + static_cast<std::uint64_t>(group) * 0]==])

mutation(program_unchecked "a command that cannot be executed is accepted" platform_test
src/platform/job_folder.cc
[==[  if (file->executable) return {};
]==]
[==[  return {};
]==])

mutation(one_bad_kind "one folder that is no job kind keeps all from loading" platform_test
src/platform/job_folder.cc
[==[      loaded.refused.push_back(
          {.folder = folder, .why = job.error().detail, .name = claimed_name(folder)});
]==]
[==[      return tl::unexpected<Error>(job.error());
]==])

mutation(size_signal "a file that may not grow ends the process" platform_test
src/platform/write_signals.cc
[==[  ::signal(SIGXFSZ, SIG_IGN);
]==]
"")

mutation(slew_rest_dropped "a busy ledger does not follow the machine's clock" ledger_test
src/ledger/ledger_clock.cc
[==[  slew_rest_ = earned % kMillion;
]==]
"")

mutation(retention_by_wall "the machine's clock says which runs are gone" api_test
src/api/run_reading.cc
[==[services.loop.now() - *row.finished_at]==]
[==[services.clock.wall() - *row.finished_at]==])

mutation(keys_by_wall "the machine's clock says which keys have expired" api_test
src/api/admission.cc
[==[authenticate(x.request, directory, x.services.loop.now())]==]
[==[authenticate(x.request, directory, x.services.clock.wall())]==])

mutation(halt_to_first_zero "a HALT that begins with a zero halts nobody" server_test
src/server/halt_block.cc
[==[  if (std::ranges::all_of(block, is_zero)) return {};
]==]
[==[  if (block.empty() || is_zero(block[0])) return {};
]==])

mutation(halt_as_it_is "a HALT's bytes go to the ledger as they are" server_test
src/server/halt_block.cc
[==[      is_text ? printable(trimmed(text), kHaltReasonBytesMax)]==]
[==[      is_text ? std::string(trimmed(text).substr(0, kHaltReasonBytesMax))]==])

mutation(modes_unchecked "a data directory that others may change is served" server_test
src/server/private_modes.cc
[==[    if ((about.st_mode & rule.forbidden) == 0) continue;
]==]
[==[    continue;
]==])
