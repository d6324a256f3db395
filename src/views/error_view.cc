#include "views/error_view.h"

#include "domain/next_id.h"

namespace tally::views {

wire::ErrorEnvelope error_view(domain::Recorded const& recorded,
                               domain::error::Recorded const& finding, IdKey id_key) {
  domain::Header const& header = recorded.header;
  wire::ErrorEnvelope view;
  view.error_id = to_text(domain::error_id(id_key, header.seq));
  view.timestamp = header.at;
  view.layer = name_of(finding.layer);
  view.component = finding.component;
  view.error_class = name_of(finding.error_class);
  view.severity = name_of(finding.severity);
  view.message = finding.message;
  view.correlation_id = header.correlation;
  if (header.span) view.span_id = to_text(*header.span);
  if (finding.parent_span) view.parent_span_id = to_text(*finding.parent_span);
  view.started_at = finding.started_at;
  view.decision_id = header.decision;
  view.run_id = finding.run ? finding.run : header.run;
  view.agent_id = finding.agent;
  view.tenant_id = finding.subject ? finding.subject : header.tenant;
  view.input_hash = finding.input_hash;
  view.exception_type = finding.exception_type;
  for (auto const& cause : finding.chain)
    view.exception_chain.push_back({.type = cause.type, .message = cause.message});
  view.context = finding.context;
  if (finding.repeats > 0) view.context["repeats"] = std::to_string(finding.repeats);
  view.seq = header.seq;
  return view;
}

}  // namespace tally::views
