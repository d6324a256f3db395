// tally ledger prove: makes a .tlog-proof (C2SP tlog-proof v1) that needs no server, or checks one.

#include <fmt/ostream.h>

#include "cli/files.h"
#include "cli/ledger_commands.h"
#include "cli/offline.h"
#include "json/writer.h"
#include "merkle/tlog_proof.h"
#include "merkle/tree.h"

namespace tally::cli {

namespace {

struct Prove {
  std::optional<std::int64_t> seq;
  std::string output = "-";
  std::optional<std::string> leaf_out;
  std::vector<std::string> check;  // proof and leaf
  std::optional<std::string> vkey;
};

// What one walk gathers: all leaf hashes, the leaf that is asked for, the last checkpoint.
struct Gathered {
  merkle::NodeStore nodes;
  Bytes leaf;
  std::optional<SignedHead> head;
};

Result<Walked> gather(Call& call, Ledger& ledger, std::uint64_t wanted, Gathered& into) {
  Progress progress(call, "hashed");
  return walk_leaves(ledger, [&](std::uint64_t seq, ByteView leaf) {
    into.nodes.append(merkle::leaf_hash(leaf));
    if (seq == wanted) into.leaf.assign(leaf.begin(), leaf.end());
    if (auto head = checkpoint_in(leaf)) into.head = std::move(head);
    progress.at(seq);
    return true;
  });
}

ExitCode uncovered(Call& call, std::uint64_t seq, Gathered const& gathered) {
  if (seq >= gathered.nodes.size()) {
    call.console.complain(
        fmt::format("there is no event {}: the ledger has {}", seq, gathered.nodes.size()),
        "tally ledger cat shows which there are");
    return ExitCode::no;
  }
  call.console.complain(fmt::format("no checkpoint covers event {} yet", seq),
                        "a running server signs one within a second; ask again then");
  return ExitCode::inconclusive;
}

ExitCode write_proof(Call& call, Prove const& options, merkle::TlogProof const& proof,
                     Gathered const& gathered) {
  auto written = write_file(call.console, options.output, merkle::format_tlog_proof(proof));
  if (written && options.leaf_out)
    written = write_file(call.console, *options.leaf_out, as_text(gathered.leaf));
  if (!written) return report(call, ExitCode::usage, written.error(), "name another file");
  if (options.output != "-")
    call.console.note(
        fmt::format("{} proves event {} against the checkpoint of {} events\n"
                    "  next: tally ledger prove --check {} {} --vkey KEY",
                    options.output, proof.index, gathered.head->size, options.output,
                    options.leaf_out.value_or("LEAF")));
  return ExitCode::yes;
}

ExitCode make_proof(Call& call, Prove const& options) {
  auto ledger = open_ledger(call);
  if (!ledger) return report_no_ledger(call, ledger.error());
  auto const seq = static_cast<std::uint64_t>(*options.seq);
  Gathered gathered;
  auto const walked = gather(call, *ledger, seq, gathered);
  if (!walked) return report_no_ledger(call, walked.error());
  if (ExitCode const code = report_damage(call, walked->damage); code != ExitCode::yes) return code;
  if (!gathered.head || seq >= gathered.head->size) return uncovered(call, seq, gathered);
  auto const hashes = merkle::inclusion_proof(gathered.nodes.source(), seq, gathered.head->size);
  if (!hashes)
    return report(call, ExitCode::no, hashes.error(), "run tally ledger verify on this directory");
  return write_proof(
      call, options,
      {.index = seq, .inclusion = *hashes, .checkpoint = gathered.head->note, .extra = {}},
      gathered);
}

ExitCode check_proof(Call& call, Prove const& options) {
  auto const key = merkle::parse_vkey(*options.vkey);
  if (!key)
    return report(call, ExitCode::usage, key.error(), "--vkey takes name+id+base64, in one word");
  auto const text = read_file(call.console, options.check[0]);
  auto const leaf = read_file(call.console, options.check[1]);
  for (auto const* file : {&text, &leaf})
    if (!*file) return report(call, ExitCode::usage, file->error(), "--check takes PROOF and LEAF");
  auto const proof = merkle::parse_tlog_proof(*text);
  if (!proof) {
    call.console.complain(
        fmt::format("{} is no proof: {}", options.check[0], proof.error().detail),
        "--check takes the proof first, then the leaf; or ask for the proof again");
    return ExitCode::no;
  }
  auto const checkpoint = merkle::verify_tlog_proof(*proof, as_bytes(*leaf), *key);
  if (!checkpoint)
    return report(call, ExitCode::no, checkpoint.error(),
                  "the leaf must be its exact bytes, without a line feed; the key the log's own");
  if (call.json) {
    std::string out;
    json::Writer(out)
        .begin_object()
        .member("ok", true)
        .member("seq", proof->index)
        .member("origin", checkpoint->origin)
        .member("size", checkpoint->size)
        .member("root_sha256", checkpoint->root.hex())
        .end_object();
    call.console.out() << out << '\n';
  } else {
    std::ostream& out = call.console.out();
    fmt::print(out, "ok: the leaf is event {} of {}, in a checkpoint of {} events\n", proof->index,
               checkpoint->origin, checkpoint->size);
    fmt::print(out, "  checked    these bytes of the leaf, hashed up to the root {}\n",
               checkpoint->root.hex());
    fmt::print(out, "  against    the signature on that root by the key of --vkey, {}+{:08x}\n",
               key->name, key->id);
    fmt::print(out,
               "  not shown  whose key that is; that a later checkpoint contains this one; that "
               "what the event says is so\n");
  }
  return ExitCode::yes;
}

ExitCode prove(Call& call, Prove const& options) {
  if (options.seq.has_value() == !options.check.empty()) {
    call.console.complain("tally ledger prove takes either SEQ or --check PROOF LEAF",
                          "tally ledger prove --help shows an example");
    return ExitCode::usage;
  }
  if (options.seq) return make_proof(call, options);
  if (options.vkey) return check_proof(call, options);
  call.console.complain("--check needs --vkey: a proof is worth as much as the key you trust",
                        "tally ledger verify shows the key that a ledger claims");
  return ExitCode::usage;
}

}  // namespace

Action declare_prove(Arguments& arguments) {
  auto options = std::make_shared<Prove>();
  arguments.option("seq", options->seq, "The event's sequence number")
      .within(0, std::numeric_limits<std::int64_t>::max());
  arguments.option("-o,--output", options->output, "Where to write the proof [-]").kind("FILE");
  arguments.option("--leaf-out", options->leaf_out, "Where to write the leaf's exact bytes")
      .kind("FILE");
  arguments.option("--check", options->check, "Check a proof of a leaf instead")
      .kind("PROOF LEAF")
      .values(2);
  arguments.option("--vkey", options->vkey, "For --check: the key that you trust").kind("VKEY");
  return [options](Call& call) { return prove(call, *options); };
}

}  // namespace tally::cli
