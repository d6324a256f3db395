#pragma once

// The names of the parts that report errors, in ascending order. An error carries its part's name,
// and tests hold the list against the sources.

#include <array>
#include <string_view>

namespace tally::api {

inline constexpr std::array<std::string_view, 15> kComponents{
    "api",         "approval", "attestor",   "budget",    "clock", "command_worker",
    "http_server", "ledger",   "local_work", "projector", "run",   "sandbox",
    "signer",      "start",    "worker"};

}  // namespace tally::api
