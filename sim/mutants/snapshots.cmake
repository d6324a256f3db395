# Mutations of what a start goes on from: snapshots of the state and the files of the index.

mutation(snapshot_unproven "a snapshot is believed without a checkpoint behind it" ledger_test
src/ledger/open.cc
[==[  if (begin == 0 || fold.proven()) return std::nullopt;
]==]
[==[  if (begin == 0 || fold.tree().size() > 0) return std::nullopt;
]==])

mutation(damage_blamed_on_a_snapshot "a fault of the log is met again with every snapshot" ledger_test
src/ledger/open.cc
[==[  if (!all) return tl::unexpected<Error>(all.error());
]==]
[==[  if (!all) return std::optional<Error>(all.error());
]==])

mutation(refused_frame_kept "the index takes a frame that the fold refused" audit_test
src/audit/read_ahead.cc
[==[      batch->erase(frame, batch->end());
]==]
"")

mutation(edge_read_in_part "the frame with the first event that is kept is not read whole" audit_test
src/audit/read_ahead.cc
[==[view.next_seq() > stages.whole_from]==]
[==[view.first_seq > stages.whole_from]==])

mutation(latest_read_in_part "the latest events are kept without their decisions" ledger_test
src/ledger/open.cc
[==[  stages.whole_from = static_cast<std::uint64_t>(indexing.kept_from());
]==]
[==[  stages.whole_from = log.next_seq();
]==])

mutation(keeper_gone "the fold goes on when nobody keeps what it folded" audit_test
src/audit/read_ahead.cc
[==[    if (!to.put(std::move(*batch))) return {};  // who kept them says why
]==]
[==[    to.put(std::move(*batch));
]==])

mutation(snapshot_digest_ignored "the first checkpoint behind a snapshot is not compared with it" ledger_test
src/audit/fold.cc
[==[  if (at == digests_.end() || at->second.hex() != checkpoint.state_digest)]==]
[==[  if (at == digests_.end())]==])

mutation(snapshot_hash_ignored "a snapshot's own seal is not compared" ledger_test
src/ledger/snapshots.cc
[==[  if (!text.empty() || as_text(last) != seal_of(hash.finish(), key) + "\n")]==]
[==[  if (!text.empty())]==])

mutation(snapshot_sealed_by_anybody "a snapshot's seal needs no secret" ledger_test
src/ledger/snapshots.cc
[==[  return hmac_sha256(key.bytes, lines.bytes).hex();
]==]
[==[  return key == Digest{} ? std::string() : lines.hex();
]==])

mutation(snapshot_digest_uncovered "a checkpoint that nothing covers confirms a snapshot" ledger_test
src/audit/fold.cc
[==[  if (!confirmed_by_) confirmed_by_ = seq;
]==]
[==[  if (!confirmed_by_) confirmed_by_ = seq;
  proven_ = true;
]==])

mutation(snapshot_of_any_build "a snapshot of another build is used" ledger_test
src/ledger/snapshots.cc
[==[  if (head.build != build)]==]
[==[  if (head.build.empty())]==])

mutation(snapshot_without_roots "a snapshot forgets the roots that a checkpoint to come may be of" ledger_test
src/ledger/snapshots.cc
[==[  for (auto const& [size, root] : basis.recent_roots)
    head.roots.push_back({.root = root, .size = size});
]==]
"")

mutation(snapshots_of_the_loop "a snapshot is taken behind the last checkpoint" ledger_test
src/ledger/attest.cc
[==[      .keep_at = options.checkpointed,
]==]
[==[      .keep_at = options.acknowledged,
]==])

mutation(derived_queue_forgotten "a state that was read back has nobody waiting" domain_test
src/domain/derive.cc
[==[    waiting.ready.emplace(row.submit_seq, id);
]==]
"")

mutation(derived_ends_forgotten "a state that was read back never forgets its keys" domain_test
src/domain/derive.cc
[==[    state.key_ends.emplace(row.expires_at, key);
]==]
"")

mutation(snapshot_condemns "a bad snapshot is called a difference of the ledger" ledger_test
src/ledger/attest.cc
[==[  if (attested.report.ok || options.reach == Reach::whole) return attested;
]==]
[==[  if (attested.report.ok || attested.report.bad_seq) return attested;
]==])

mutation(absent_ledger_begun_again "a ledger that is gone is begun again beside its snapshots" wiring_test
src/server/wiring/segment_store.cc
[==[  if (absent && options.trusted_seq == 0)
]==]
[==[  if (absent)
]==])

mutation(index_page_unchecked "a damaged page of the index is believed" ledger_test
src/marks/mark_file.cc
[==[    if (!is_sealed(page)) return damaged("a page is damaged");
]==]
"")

mutation(index_of_anybody "a file of another ledger's index is believed" ledger_test
src/marks/mark_file.cc
[==[ || head->ledger != ledger)]==]
[==[)]==])

mutation(index_stops_at_a_page "what stands under a key on the page before is not found" ledger_test
src/marks/mark_file.cc
[==[    more = take_newest(marks, key, before, limit, found);
]==]
[==[    take_newest(marks, key, before, limit, found);
    more = false;
]==])

mutation(index_merge_forgets "a merge keeps the newer part's checkpoint only" ledger_test
src/ledger/index_keeper.cc
[==[      whole.checkpoint = std::max(whole.checkpoint, parts[one].checkpoint);
]==]
"")

mutation(index_short_files_stay "short files are merged with nothing" ledger_test
src/ledger/index_keeper.cc
[==[    bool const is_short = events < full && events <= together;
]==]
[==[    bool const is_short = events < full && events < 0;
]==])

mutation(index_gap_believed "files behind a gap count" ledger_test
src/ledger/index_keeper.cc
[==[      if (one.from == reached && one.to > longest.to && one.to <= end) longest = one;]==]
[==[      if (one.from >= reached && one.to > longest.to && one.to <= end) longest = one;]==])

mutation(index_mends_nothing "a damaged part of the index stays as it is" ledger_test
src/ledger/index_keeper.cc
[==[    TRY_VOID(is_in_memory(part) ? write(part) : make_again(part));
]==]
[==[    if (is_in_memory(part)) TRY_VOID(write(part));
    if (!is_in_memory(part)) continue;
]==])

mutation(index_of_any_history "files of another history's index are believed" ledger_test
src/ledger/index_keeper.cc
[==[  if (!of_this_history) {
]==]
[==[  if (false) {
]==])

mutation(disk_filled_up "derived files may take the room that the ledger needs" ledger_test
src/marks/room.cc
[==[  if (free >= kRoomForTheLog && free - kRoomForTheLog >= bytes) return {};
]==]
[==[  if (free >= bytes) return {};
]==])

mutation(old_format_taken "a ledger of an older format is folded" audit_test
src/audit/fold.cc
[==[.value_or(kFormat); format != kFormat)]==]
[==[.value_or(kFormat); format > kFormat)]==])

mutation(snapshot_misses_its_checkpoint "the last checkpoint is asked for when the index was tended" server_test
src/server/attestor.cc
[==[                        .checkpointed = checkpointed,
]==]
[==[                        .checkpointed = world_.checkpointed(),
]==])

mutation(tree_files_believed "files of the tree are believed as they are" ledger_test
src/ledger/group_roots.cc
[==[  if (comes_to_the_tree(kept.nodes)) {]==]
[==[  if (!kept.files_are_wrong || comes_to_the_tree(kept.nodes)) {]==])

mutation(tree_read_at_once "what no file of the tree has is read from the log at once" ledger_test
src/ledger/group_roots.cc
[==[std::min(next + kGroupsReadInAStep, older_)]==]
[==[std::max(next + kGroupsReadInAStep, older_)]==])
