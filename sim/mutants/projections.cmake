# Mutations of what is folded for showing and searching only.

mutation(errors_without_end "the index of errors drops nothing" projections_test
src/projections/error_index.cc
[==[  if (blocks.full.size() < kBlocksMax) return;
]==]
[==[  if (blocks.full.size() < 1'000 * kBlocksMax) return;
]==])

mutation(errors_of_another_history "a projection goes on from the file of another history" projections_test
src/projections/projector.cc
[==[  if (!same) return fail("foreign", "the projection is of another history");
]==]
"")

mutation(rotten_projection_believed "a projection's file is believed whatever its digest says" projections_test
src/projections/projection_file.cc
[==[  if (!std::ranges::equal(hash.finish().bytes, ByteView(bytes).subspan(end)))
]==]
[==[  if (hash.finish().bytes.empty())
]==])

mutation(page_looks_at_everything "a page of errors looks at as many as there are" projections_test
src/projections/error_block.cc
[==[    if (left == 0 || (fitting && page.seqs.size() == query.limit)) {
]==]
[==[    if (fitting && page.seqs.size() == query.limit) {
]==])

mutation(errors_of_all_tenants "a tenant's key lists the errors of others" api_test
src/api/error_handlers.cc
[==[  query.tenant = sees_all ? asked.tenant : x.caller().tenant;
]==]
[==[  query.tenant = asked.tenant;
]==]
src/api/error_handlers.cc
[==[    if (finding && may_see_error(x, entry.recorded.header, *finding)) {
]==]
[==[    if (finding) {
]==])

mutation(late_is_healthy "a list that lacks the event that was asked for says that it is current" api_test
src/api/error_handlers.cc
[==[  bool const lacks_it = standing.events <= wanted.after_seq;
]==]
[==[  bool const lacks_it = false;
]==])

mutation(index_lacks_an_error "the index of errors leaves out what has no run" lives
src/projections/error_index.cc
[==[  if (!finding) return;
]==]
[==[  if (!finding || (!finding->run && !entry.recorded.header.run)) return;
]==])
