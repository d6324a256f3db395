#pragma once

// Metrics as text for Prometheus: text format 0.0.4, and OpenMetrics 1.0 for who asks for it.

#include <string>

#include "metrics/registry.h"

namespace tally::metrics {

enum class Format { text, openmetrics };

// HELP and TYPE of every metric once, in the order of the table, and its series.
std::string exposition(Registry const& registry, Format format);

// The table of docs/formats/metrics.md.
std::string table_of_metrics();

}  // namespace tally::metrics
