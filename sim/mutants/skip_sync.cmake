# A frame counts as durable when it is handed over; it is written when there is time, at the latest
# when the next one comes.
change(src/server/wiring/segment_store.cc
[==[    TALLY_CHECK(!waiting, "one frame un-synced at a time");
]==]
[==[    if (waiting) (void)log_->append(waiting->frame);
    done(ports::AppendOutcome::durable);
]==])
change(src/server/wiring/segment_store.cc
[==[  pending->done(segments::outcome_of(appended));
]==]
[==[
]==])
