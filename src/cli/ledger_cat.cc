// tally ledger cat.

#include <limits>

#include "cli/ledger_commands.h"
#include "cli/offline.h"

namespace tally::cli {

namespace {

constexpr std::int64_t kAll = std::numeric_limits<std::int64_t>::max();

struct Cat {
  std::int64_t from = 0;
  std::int64_t limit = kAll;
  std::optional<RunId> run;
  std::optional<std::string> type;

  bool wants(ByteView leaf) const {
    if (!run && !type) return true;
    LeafHead const head = head_of(leaf);
    return (!type || head.type == *type) && (!run || head.run == to_text(*run));
  }
};

// The bytes of each leaf as they are hashed, and a line feed that is no part of them.
ExitCode cat(Call& call, Cat const& options) {
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  std::int64_t written = 0;
  auto const walked = walk_leaves(*ledger, [&](std::uint64_t seq, ByteView leaf) {
    if (written == options.limit) return false;
    if (seq < static_cast<std::uint64_t>(options.from) || !options.wants(leaf)) return true;
    call.console.out() << as_text(leaf) << '\n';
    ++written;
    return call.console.out().good();
  });
  if (!walked) return report_no_ledger(call, walked.error());
  return report_damage(call, walked->damage);
}

}  // namespace

Action declare_cat(Arguments& arguments) {
  auto options = std::make_shared<Cat>();
  arguments.option("--from", options->from, "First sequence number [0]").within(0, kAll);
  arguments.option("--limit", options->limit, "At most so many leaves").within(1, kAll);
  arguments.option("--run", options->run, "Only events of this run");
  arguments.option("--type", options->type, "Only events of this type, such as run.settled");
  return [options](Call& call) { return cat(call, *options); };
}

}  // namespace tally::cli
