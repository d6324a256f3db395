# Mutations of the loop, the only writer, and of what it tells when.

mutation(skip_sync "a frame counts as durable when it is handed over and is written later" lives
src/server/wiring/segment_store.cc
[==[    TALLY_CHECK(!waiting, "one frame un-synced at a time");
]==]
[==[    static std::vector<std::unique_ptr<ports::LogFrame>> copies;
    copies.push_back(std::make_unique<ports::LogFrame>(frame));
    if (waiting) (void)log_->append(*waiting->frame);
    done(ports::AppendOutcome::durable);
]==]
src/server/wiring/segment_store.cc
[==[.frame = &frame,]==]
[==[.frame = copies.back().get(),]==]
src/server/wiring/segment_store.cc
[==[  pending->done(segments::outcome_of(appended));
]==]
"")

mutation(answers_too_early "replies leave before their frame is durable" lives
src/ledger/loop_publish.cc
[==[  ++counts.frames;
]==]
[==[  ++counts.frames;
  for (auto& reply : in_flight->replies) reply(PostStatus::decided);
  in_flight->replies.clear();
]==])

mutation(index_too_early "the index knows events that are not durable" ledger_test
src/ledger/loop_publish.cc
[==[  ++counts.frames;
]==]
[==[  ++counts.frames;
  for (auto const& entry : in_flight->entries) world.index.add(entry);
]==]
src/ledger/loop_publish.cc
[==[  for (auto const& entry : frame.entries) world.index.add(entry);
]==]
"")

mutation(orders_too_early "orders leave before their frame is durable" ledger_test
src/ledger/loop_publish.cc
[==[  ++counts.frames;
]==]
[==[  ++counts.frames;
  for (Order& order : in_flight->orders) world.order(std::move(order));
  in_flight->orders.clear();
]==])

mutation(tenant_seq_stands "a tenant's own sequence does not go up" oracle
src/domain/core.cc
[==[  if (header.tenant) ++state.tenants.edit(*header.tenant).seq_next;
]==]
"")

mutation(effect_before_signature "the events of one decision are recorded in reverse" lives
src/ledger/frame_builder.cc
[==[  std::size_t const count = outcome.events.size();
  made_.clear();
]==]
[==[  std::size_t const count = outcome.events.size();
  std::reverse(outcome.events.begin(), outcome.events.end());
  made_.clear();
]==])

mutation(decision_torn_apart "each event of a decision has a decision id of its own" lives
src/ledger/frame_builder.cc
[==[    head.decision = decision;
    head.seq += static_cast<std::int64_t>(i);
]==]
[==[    head.seq += static_cast<std::int64_t>(i);
    head.decision = i == 0 ? decision : domain::decision_id(state_.ledger, head.seq);
]==])

mutation(salt_twice "events share their salts" ledger_test
src/ledger/frame_builder.cc
[==[  entropy_.fill(salt);
]==]
"")

mutation(leaves_in_reverse "the leaves of a frame go into the tree in reverse" ledger_test
src/ledger/frame_builder.cc
[==[    tree_.append(hashes[i]);
]==]
[==[    tree_.append(hashes[hashes.size() - 1 - i]);
]==])

mutation(checkpoint_of_another_size "a checkpoint is signed over another size than was ordered" lives
src/server/wiring/checkpoint_signer.cc
[==[.size = static_cast<std::uint64_t>(head.size),]==]
[==[.size = static_cast<std::uint64_t>(head.size) + 1,]==])

mutation(checkpoint_unverified "a checkpoint is recorded without a look at its signature" wiring_test
src/server/wiring/checkpoint_signer.cc
[==[  TRY(opened, merkle::open_checkpoint(note, key_));
  if (opened.root != head.root)
    return fail("bad_signature", "the signed checkpoint is not the ordered one");
]==]
"")
