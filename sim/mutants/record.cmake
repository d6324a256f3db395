# Mutations of the bytes of events, and of what reads a ledger again.

mutation(bytes_behind "what stands behind an event in its leaf is ignored" codec_test
src/codec/event_decode.cc
[==[  if (members.ends(to) && reader.rest().empty()) return {};
]==]
[==[  if (members.ends(to)) return {};
]==])

mutation(decision_without_id "a snapshot may be of a decision without an id" codec_test
src/codec/event_decode.cc
[==[    if (ok() && (recorded.snapshot || recorded.foreign) && !recorded.header.decision)
      return refuse(kWithoutId, "decision");
]==]
"")

mutation(newer_is_malformed "an event of a newer build is called malformed" codec_test
src/codec/refused_leaf.cc
[==[  return {"unknown_event", std::move(detail), {}};
]==]
[==[  return {"malformed", std::move(detail), {}};
]==])

mutation(digest_without_settings "the state digest leaves the settings out" codec_test
src/codec/state_digest.cc
[==[  replace(sum_, settings_, settings_hash(state));
]==]
""
src/codec/state_digest.cc
[==[  add(sum, settings_hash(state));
]==]
"")

mutation(digest_keeps_the_dead "the state digest keeps rows that were removed" codec_test
src/codec/state_digest.cc
[==[    else
      subtract(sum, seen);
]==]
"")

mutation(digest_of_a_half "the digest of a start covers half of the rows" codec_test
src/codec/state_digest.cc
[==[    for (Digest const& half : halves) add(sum_, half);
]==]
[==[    add(sum_, halves[0]);
]==])

mutation(root_unchecked "a frame may commit to any root" audit_test
src/audit/fold.cc
[==[  if (root != frame.root_after) {
]==]
[==[  if (false) {
]==])

mutation(checkpoint_of_any_tree "a checkpoint may be of another tree" audit_test
src/audit/fold.cc
[==[  if (root->second != opened->root) return corrupt(seq, "its checkpoint is of another tree");
]==]
"")

mutation(state_unchecked "a checkpoint may name any state" audit_test
src/audit/fold.cc
[==[at == digests_.end() || at->second.hex() != checkpoint.state_digest]==]
[==[at == digests_.end()]==])

mutation(snapshot_unasked "a decision needs no snapshot" audit_test
src/audit/verify.cc
[==[    if (!entry.recorded.snapshot)
      return fault(entry, "begins a decision and carries no snapshot of it");
]==]
"")

mutation(books_unbalanced "a posting may say any balance" audit_test
src/audit/books.cc
[==[    if (balance != posting.balance.value()) {
]==]
[==[    if (false) {
]==])

mutation(replay_always_same "a decision that comes out differently is called the same" audit_test
src/audit/replay.cc
[==[  if (!result.differences.empty()) result.verdict = ReplayVerdict::different;
]==]
"")

mutation(bytes_not_back "a published entry does not get back the bytes that the log store had" ledger_test
src/ledger/loop_publish.cc
[==[  FrameBuilder::take_bytes_back(frame);
]==]
"")

mutation(hex_beyond_f "a letter behind f is taken for a digit" base_test
src/base/hex.cc
[==[constexpr std::uint8_t kLetters = 6;
]==]
[==[constexpr std::uint8_t kLetters = 7;
]==])

mutation(stored_unchecked "the stored bytes of a payload are not compared with their hash" audit_test
src/audit/enclosures.cc
[==[  if (sha256(beside) == document.stored->digest()) return std::nullopt;
]==]
[==[  if (!beside.empty()) return std::nullopt;
]==])

mutation(smuggled_bytes "bytes may lie beside an event that names none" audit_test
src/audit/enclosures.cc
[==[  if (wrong || names_bytes_beside || entry.enclosure.empty()) return wrong;
  return "bytes lie beside it that it does not name";
]==]
[==[  return wrong;
]==])

mutation(blobs_unread "a blob that is missing is no fault" audit_test
src/audit/enclosures.cc
[==[    return fmt::format("its payload, blob {}, is missing", name);
]==]
[==[    return std::nullopt;
]==])

mutation(documents_uncounted "a blob that an event names is not counted as named" audit_test
src/audit/verify.cc
[==[      if (document.blob) named_.push_back(*document.blob);
]==]
[==[      if (document.blob && document.bytes < 0) named_.push_back(*document.blob);
]==])

mutation(postponed_uncounted "documents of a command that waits for an approval are not counted" domain_test
src/domain/each_document.cc
[==[    each_document(value, visit);
]==]
"")

mutation(blobs_after_any_pass "blobs are collected after a pass over the tail of the ledger" server_test
src/ledger/attest.cc
[==[  bool const read_all = report.ok && report.begin == 0;
]==]
[==[  bool const read_all = report.ok;
]==])

mutation(blob_not_touched "a blob that is put again may be collected" platform_test
src/platform/file_blobs.cc
[==[  return touch_private_file(path(ref), now());
]==]
[==[  return {};
]==])

mutation(granted_for_ever "an approval whose record would be too large stays granted" ledger_test
src/ledger/loop_decide.cc
[==[  if (state.ledger.granted) end_granted(granted, request.origin, moment, answer);
]==]
"")

mutation(facts_uncompared "facts are not compared with what the events before them say" audit_test
src/audit/facts.cc
[==[    if (facts == first.snapshot->facts) return {};
]==]
[==[    if (facts.index() == first.snapshot->facts.index()) return {};
]==])

mutation(permit_uncompared "a command is not held against the mode that was in force" audit_test
src/audit/facts.cc
[==[    if (!permit)
]==]
[==[    if (!permit) return {};
    if (!permit)
]==])

mutation(known_size_alone "of a known checkpoint the size is compared and not the root" audit_test
src/audit/verify.cc
[==[  if (found != known.root)
]==]
[==[  if (found == Digest{})
]==])

mutation(old_version_compared_in_full "an audit in version 1 is blamed for what it could not say"
  audit_test src/audit/replay.cc
[==[codec::as_of(version, outcome.events[i])]==]
[==[outcome.events[i]]==])
