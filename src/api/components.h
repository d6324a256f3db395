#pragma once

// The parts that speak of errors, by the names that their errors carry.

#include <array>
#include <string_view>

namespace tally::api {

inline constexpr std::array<std::string_view, 15> kComponents{
    "api",         "approval", "attestor",   "budget",    "clock", "command_worker",
    "http_server", "ledger",   "local_work", "projector", "run",   "sandbox",
    "signer",      "start",    "worker"};

}  // namespace tally::api
