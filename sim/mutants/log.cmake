# Mutations of frames, segment files and recovery.

mutation(crc_unchecked "the checksum of a frame's content is not compared" segments_test
src/segments/frame.cc
[==[  if (crc32c(content) != header.content_crc) {
]==]
[==[  if (false) {
]==])

mutation(padding_unchecked "anything may stand behind a frame's content" segments_test
src/segments/frame.cc
[==[  if (!all_zero(bytes.subspan(kSector + header.content_bytes()))) {
]==]
[==[  if (false) {
]==])

mutation(segment_salt_twice "all segments of a log have the same salt" sim_test
src/segments/segment_log.cc
[==[.salt = salt_(),]==]
[==[.salt = segments_.empty() ? salt_() : segments_.back().header.salt,]==])

mutation(seam_unchecked "a segment may end elsewhere than the next one says" sim_test
src/segments/segment_log_read.cc
[==[  if (!damage) damage = damaged_seam(end, next);
]==]
"")

mutation(zeroed_in_front_of_damage "a torn tail is zeroed before what is in front of it was read" sim_test
src/segments/segment_log.cc
[==[  if (found.damage && options.verify == Verify::the_end) {
]==]
[==[  if (false) {
]==])

mutation(empty_segment_unread "a scan passes over segments without frames" sim_test
src/segments/segment_log_read.cc
[==[  while (first > 0 && segments_[first - 1].header.base_seq == base) --first;
]==]
"")

mutation(head_not_reached "a start does not read up to the noted checkpoint" sim_test
src/segments/recovery.cc
[==[    return noted ? out_.head->size - 1 : std::numeric_limits<std::uint64_t>::max();
]==]
[==[    return noted ? std::numeric_limits<std::uint64_t>::max() - 1
                 : std::numeric_limits<std::uint64_t>::max();
]==])

mutation(foreign_frame "a frame of another segment is taken for one of this" sim_test
src/segments/frame_walk.cc
[==[  if (header.salt != segment_.salt) return damaged("the frame belongs to another segment");
]==]
"")

mutation(piece_overwritten "the next piece of a segment is read over the frames that are kept" sim_test
src/segments/frame_walk.cc
[==[    auto const next = std::make_shared<AlignedBuffer>();
]==]
[==[    static auto const next = std::make_shared<AlignedBuffer>();
]==])

mutation(piece_misplaced "a frame's front that was read already is read once more behind itself" sim_test
src/segments/frame_walk.cc
[==[file_.read(offset + had.size(), space]==]
[==[file_.read(offset, space]==])

mutation(torn_is_corrupt "a torn last frame is called corrupt" lives
src/segments/tail.cc
[==[    return torn(kSector + content.used_end, "a part of the frame was not written");
]==]
[==[    return corrupt(walk_.offset(), "a part of the frame was not written");
]==])

mutation(corrupt_is_torn "a damaged last frame is called torn" sim_test
src/segments/tail.cc
[==[ || !could_be_torn) {]==]
[==[) {]==])

mutation(torn_tail_stays "a torn tail is not zeroed before the log goes on" sim_test
src/segments/segment_log.cc
[==[  if (!options_.read_only) {
    TRY_VOID(write_zeros]==]
[==[  if (false) {
    TRY_VOID(write_zeros]==])

mutation(cache_believed "what recovery read is not made durable before it is built on" sim_test
src/segments/segment_log.cc
[==[  TRY_VOID(opened.log->settle());
]==]
"")

mutation(old_writer_writes "a writer of an older epoch may append" sim_test
src/segments/segment_log.cc
[==[  if (frame.epoch < position_.epoch) {
]==]
[==[  if (false) {
]==])

mutation(writes_after_a_failure "the log goes on after a failed write" sim_test
src/segments/segment_log.cc
[==[    poisoned_ = true;
    return written;
]==]
[==[    return written;
]==])

mutation(rollback_unnoticed "a log that ends before a signed checkpoint is opened" sim_test
src/segments/recovery.cc
[==[    if (out_.end.next_seq < known) {
]==]
[==[    if (false) {
]==])

mutation(arrival_is_damage "a frame that arrives while the log is read is called a later one" audit_test
src/segments/tail.cc
[==[  if (in_place && header->first_seq == next_seq)]==]
[==[  if (in_place && header->first_seq < next_seq)]==])

mutation(under_way_is_judged "what a writer has under way is judged as at rest" audit_test
src/segments/recovery.cc
[==[    } else if (is_last && !header_damage_ && options_.beside == Beside::a_writer) {
]==]
[==[    } else if (is_last && !header_damage_ && options_.beside != options_.beside) {
]==])

mutation(head_not_required "a ledger with events needs no head" audit_test
src/segments/recovery.cc
[==[    if (!out_.head && out_.end.next_seq > 0)
]==]
[==[    if (!out_.head && out_.segments.empty())
]==])

mutation(short_copy_is_nothing "no frame counts of a file that was cut short" audit_test
src/segments/recovery.cc
[==[    readable_ = std::min(bytes, header->bytes) / kBlock * kBlock;
]==]
[==[    readable_ = kBlock;
]==])

mutation(directory_unlocked "the ledger's directory is not locked itself" platform_test
src/platform/writer_lock.cc
[==[  for (int tried = 1; ::flock(directory, LOCK_EX | LOCK_NB) != 0; ++tried) {
]==]
[==[  for (int tried = 1; ::flock(directory, LOCK_UN) != 0; ++tried) {
]==])

mutation(inode_unchecked "another directory in the place of the ledger's passes for it" platform_test
src/platform/writer_lock.cc
[==[  if (about.st_dev != device_ || about.st_ino != inode_)
]==]
[==[  if (about.st_dev != device_)
]==])

mutation(writer_unchecked "a writer who came later is not noticed" platform_test
src/platform/writer_lock.cc
[==[      found != word_)
]==]
[==[      found.size() != word_.size())
]==])

mutation(append_unasked "a frame is written although the log is somebody else's" wiring_test
src/server/wiring/segment_store.cc
[==[  if (may_append_) TRY_VOID(may_append_());
]==]
"")

mutation(copy_takes_what_follows "a copy holds what was written after its end was found" sim_test
src/segments/copy.cc
[==[    if (at < segment.end) TRY_VOID(file.read(at, piece));
]==]
[==[    TRY_VOID(file.read(at, piece));
]==])

mutation(copy_over_another "a copy is written over another" sim_test
src/segments/copy.cc
[==[  if (!names.empty()) return]==]
[==[  if (names.size() > 99) return]==])
