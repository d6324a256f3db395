# What a run did not use of its hold is not given back.
change(src/domain/run/charge.cc
[==[      .move(AccountKind::held, AccountKind::available, charge.released)
]==]
"")
