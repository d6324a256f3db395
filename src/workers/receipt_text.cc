#include "workers/receipt_text.h"

#include "json/value.h"

namespace tally::workers {

std::string receipt_text(ports::WorkReceipt const& receipt) {
  json::Object members{{"elapsed_us", receipt.elapsed.value()},
                       {"result", receipt.result_json},
                       {"sandbox", receipt.sandbox}};
  if (receipt.reported) members.emplace_back("reported_micros", receipt.reported->value());
  if (receipt.rounded_up) members.emplace_back("rounded_up", true);
  return json::canonical(std::move(members));
}

std::optional<ports::WorkReceipt> parse_receipt(std::string_view text) {
  if (text.empty()) return std::nullopt;
  auto document = json::parse(text);
  if (!document) return std::nullopt;
  auto member = [&](char const* name) {
    auto const* value = document->find(name);
    return value != nullptr ? *value : json::Value();
  };
  auto elapsed = member("elapsed_us");
  auto result = member("result");
  auto sandbox = member("sandbox");
  auto reported = member("reported_micros");
  if (elapsed.integer() == nullptr || result.string() == nullptr || sandbox.string() == nullptr)
    return std::nullopt;
  if (*elapsed.integer() < 0 || (reported.integer() != nullptr && *reported.integer() < 0))
    return std::nullopt;
  ports::WorkReceipt receipt{*result.string(), std::nullopt, Duration(*elapsed.integer()),
                             *sandbox.string()};
  if (reported.integer() != nullptr) receipt.reported = Micros(*reported.integer());
  receipt.rounded_up = document->find("rounded_up") != nullptr;
  if (receipt_text(receipt) != text) return std::nullopt;
  return receipt;
}

}  // namespace tally::workers
