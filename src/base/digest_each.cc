// The SHA instructions of a processor take four cycles to answer and can take a new question every
// two. So two messages side by side cost little more than one, and hashing the leaves of a frame
// together half of hashing them one by one (docs/decisions/0017_sha256_without_evp.md).

#include "base/check.h"
#include "base/digest.h"

#if __has_include(<intel-ipsec-mb.h>)  // for x86-64 only
#define TALLY_SIDE_BY_SIDE 1
#define NO_COMPAT_IMB_API_053  // names from before 0.54; one of them is OpenSSL's
#include <intel-ipsec-mb.h>
#else
#define TALLY_SIDE_BY_SIDE 0
#endif

namespace tally {

namespace {

#if TALLY_SIDE_BY_SIDE

struct FreeManager {
  void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
};
using Manager = std::unique_ptr<IMB_MGR, FreeManager>;

// Of the library's managers this one hashes two messages at once. None: the processor lacks what it
// needs, which has to be known before it is asked to begin, or it failed its own test.
Manager make_manager() {
  constexpr std::uint64_t kNeeded = IMB_CPUFLAGS_SSE_T2;
  Manager manager(alloc_mb_mgr(0));
  TALLY_CHECK(manager != nullptr, "no memory");
  if ((manager->features & kNeeded) != kNeeded) return nullptr;
  init_mb_mgr_sse(manager.get());
  return imb_get_errno(manager.get()) == 0 ? std::move(manager) : nullptr;
}

IMB_MGR* thread_manager() {
  thread_local Manager const manager = make_manager();
  return manager.get();
}

// What the library takes as one message; it is not asked to check that again.
bool fits(ByteView message) { return !message.empty() && message.size() < (1u << 16) - 1; }

void submit(IMB_MGR* manager, ByteView message, Digest& digest) {
  IMB_JOB* job = IMB_GET_NEXT_JOB(manager);
  job->cipher_mode = IMB_CIPHER_NULL;
  job->cipher_direction = IMB_DIR_ENCRYPT;
  job->chain_order = IMB_ORDER_HASH_CIPHER;
  job->hash_alg = IMB_AUTH_SHA_256;
  job->src = message.data();
  job->hash_start_src_offset_in_bytes = 0;
  job->msg_len_to_hash_in_bytes = message.size();
  job->auth_tag_output = digest.bytes.data();
  job->auth_tag_output_len_in_bytes = digest.bytes.size();
}

void check(IMB_JOB const* job) {
  TALLY_CHECK(job->status == IMB_STATUS_COMPLETED, "SHA-256 failed");
}

// Answers come when they are ready, at the latest when asked for the rest.
void side_by_side(IMB_MGR* manager, std::span<ByteView const> messages, std::span<Digest> digests) {
  for (std::size_t i = 0; i < messages.size(); ++i) {
    if (!fits(messages[i])) {
      digests[i] = sha256(messages[i]);
      continue;
    }
    submit(manager, messages[i], digests[i]);
    if (IMB_JOB const* done = IMB_SUBMIT_JOB_NOCHECK(manager)) check(done);
  }
  while (IMB_JOB const* done = IMB_FLUSH_JOB(manager)) check(done);
}

#endif

void one_by_one(std::span<ByteView const> messages, std::span<Digest> digests) {
  for (std::size_t i = 0; i < messages.size(); ++i) digests[i] = sha256(messages[i]);
}

}  // namespace

void sha256_each(std::span<ByteView const> messages, std::span<Digest> digests) {
  TALLY_CHECK(messages.size() == digests.size(), "a digest for each message");
#if TALLY_SIDE_BY_SIDE
  if (IMB_MGR* manager = thread_manager()) return side_by_side(manager, messages, digests);
#endif
  one_by_one(messages, digests);
}

}  // namespace tally
