#include "platform/file_receipts.h"

#include <unistd.h>

#include <filesystem>

#include "json/value.h"
#include "platform/private_file.h"

namespace tally::platform {
namespace {

constexpr char const* kFileName = "/receipt.json";
constexpr std::int64_t kVersion = 1;

// The bytes on disk. They are a function of run, fence and content, so that reading compares the
// whole file with what must be there.
std::string file_text(RunId run, std::uint64_t fence, std::string_view content) {
  auto run_text = to_text(run);
  auto fence_text = std::to_string(fence);
  auto digest = sha256(
      {as_bytes(run_text), as_bytes("/"), as_bytes(fence_text), as_bytes("\n"), as_bytes(content)});
  return json::canonical(json::Object{{"content", content},
                                      {"fence", fence_text},
                                      {"run", run_text},
                                      {"sha256", digest.hex()},
                                      {"v", kVersion}});
}

}  // namespace

Result<FileReceipts> FileReceipts::open(std::string root) {
  TRY_VOID(make_private_directory(root));
  return FileReceipts(std::move(root));
}

std::string FileReceipts::directory(RunId run, std::uint64_t fence) const {
  return root_ + "/" + to_text(run) + "/" + std::to_string(fence);
}

Result<void> FileReceipts::write_receipt(RunId run, std::uint64_t fence, ByteView content) {
  auto path = directory(run, fence);
  TRY_VOID(make_private_directory(path));
  auto text = file_text(run, fence, as_text(content));
  return write_private_file(path + kFileName, as_bytes(text));
}

Result<ports::StoredReceipt> FileReceipts::read_receipt(RunId run, std::uint64_t fence) const {
  auto bytes = read_private_file(directory(run, fence) + kFileName);
  if (!bytes && bytes.error().code == "not_found") return ports::StoredReceipt{};
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  ports::StoredReceipt damaged{ports::ReceiptState::damaged, {}};
  if (bytes->empty()) return damaged;
  auto document = json::parse(as_text(*bytes));
  if (!document) return damaged;
  auto const* member = document->find("content");
  auto const* content = member != nullptr ? member->string() : nullptr;
  if (content == nullptr || file_text(run, fence, *content) != as_text(*bytes)) return damaged;
  return ports::StoredReceipt{ports::ReceiptState::valid, to_bytes(*content)};
}

Result<void> FileReceipts::remove(RunId run, std::uint64_t fence) {
  std::error_code error;
  std::filesystem::remove_all(directory(run, fence), error);
  if (error) return fail("io_error", "A receipt could not be removed.", error.message());
  // The run's own directory goes with its last fence; while others are left this fails, rightly.
  ::rmdir((root_ + "/" + to_text(run)).c_str());
  return {};
}

}  // namespace tally::platform
