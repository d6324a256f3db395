#include "server/fresh_start.h"

#include <filesystem>
#include <system_error>

namespace tally::server {

namespace {

// What a start makes; nothing else is ever removed.
constexpr std::string_view kMade[] = {"HALT",   "LOCK",         "blobs",     "keys",
                                      "ledger", "operator.key", "snapshots", "work"};
constexpr char const* kFirstSegment = "/ledger/0000000000.seg";

}  // namespace

FreshStart::FreshStart(std::string data) : data_(std::move(data)) {
  std::error_code fault;
  had_directory_ = std::filesystem::exists(data_, fault);
  std::filesystem::path above = std::filesystem::absolute(data_, fault).lexically_normal();
  if (!above.has_filename()) above = above.parent_path();  // "data/"
  for (above = above.parent_path(); above.has_relative_path(); above = above.parent_path()) {
    if (std::filesystem::exists(above, fault)) break;
    made_above_.push_back(above.string());
  }
  if (!had_directory_) return;
  for (auto const& entry : std::filesystem::directory_iterator(data_, fault))
    had_.insert(entry.path().filename().string());
}

void FreshStart::locked() {
  std::error_code fault;
  takes_back_ = !std::filesystem::exists(data_ + kFirstSegment, fault) && !fault;
}

FreshStart::~FreshStart() {
  if (!takes_back_) return;
  std::error_code ignored;  // the failure that led here is what the operator hears of
  for (std::string_view name : kMade)
    if (!had_.contains(std::string(name)))
      std::filesystem::remove_all(data_ + "/" + std::string(name), ignored);
  // Each only if it is empty.
  if (!had_directory_) std::filesystem::remove(data_, ignored);
  for (std::string const& above : made_above_) std::filesystem::remove(above, ignored);
}

}  // namespace tally::server
