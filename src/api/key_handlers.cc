// Keys: made, claimed, listed, revoked.

#include "api/claim_code.h"
#include "api/decided.h"
#include "api/handlers.h"
#include "api/known_names.h"
#include "api/people.h"
#include "api/route_of.h"
#include "wire/endpoints.h"
#include "wire/parameter_messages.h"

namespace tally::api {

namespace {

using domain::directory::KeyClaimed;
using domain::directory::KeyCreated;

// A key for oneself has its token in this answer and nowhere else; of one for another person the
// code is shown, and the token to whoever brings it.
void answer_created(Exchange& x, ledger::Answer const& answer, std::string const& token,
                    std::string const& code) {
  if (answer_if_proposed(x, answer)) return;
  auto const* event = decided_event<domain::directory::Events, KeyCreated>(answer);
  if (!event) return x.broken("a directory decision left no event");
  auto view = key_view(x, event->key, event->row);
  if (x.replayed())
    view.note = wire::kTokenNotKept;
  else if (event->row.claim)
    view.claim_code = code;
  else
    view.token = token;
  x.json(201, view);
}

// Codes are guessed at a bounded rate an address.
bool may_try(Exchange& x) {
  domain::directory::Rate const rate{.requests = x.services.options.claims_per_minute,
                                     .window = seconds(60)};
  x.rate = x.services.rates.take(RateClass::claim, x.request.peer, policy_of(RateClass::claim, {}),
                                 rate, x.services.clock.monotonic());
  if (x.rate->allowed) return true;
  x.problem("rate_limited", "too many claim codes were tried from this address");
  return false;
}

void create_key(ExchangePtr x, wire::KeyRequest const& asked) {
  if (asked.owner && !x->services.loop.directory()->people.contains(*asked.owner))
    return x->invalid({{"/owner", "must be a registered person; see /v1/admin/people"}});
  domain::directory::CreateKey command;
  command.asked_with = x->caller().key;
  command.expires_at = asked.expires_at;
  command.owner = asked.owner.value_or(x->caller().person);
  command.person = x->caller().person;
  command.scopes = {asked.scopes.begin(), asked.scopes.end()};
  command.tenant = asked.tenant;
  std::string token, code;
  if (command.owner == command.person) {
    token = fresh_token(x->services.entropy);
    command.secret_sha256 = sha256(as_bytes(token));
  } else {
    FreshClaim fresh = fresh_claim(x->services.options.pepper, x->services.entropy);
    code = std::move(fresh.code);
    command.claim = fresh.seed;
  }
  x->post(
      ledger::Lane::control, domain::directory::Commands(std::move(command)), {},
      [x, token, code](ledger::Answer const& answer) { answer_created(*x, answer, token, code); },
      [x](domain::Refusal const& refusal) {
        if (refusal.code != domain::RefusalCode::not_found) return x->refuse(refusal);
        auto const directory = x->services.loop.directory();
        x->problem("not_found", "no tenant has this name" + there_are(directory->tenants));
      });
}

void show_claim_code(ExchangePtr x, wire::KeyPath const& asked) {
  domain::directory::ShowClaimCode const command{.key = asked.key, .person = x->caller().person};
  x->post(ledger::Lane::control, domain::directory::Commands(command), {},
          [x, id = asked.key](ledger::Answer const& answer) {
            if (x->replayed())
              return x->problem("conflict", "the claim code was shown once, in the first answer");
            auto const& snapshot = answer.entry ? answer.entry->recorded.snapshot : std::nullopt;
            auto const* facts =
                snapshot ? std::get_if<domain::directory::Facts>(&snapshot->facts) : nullptr;
            if (!facts || !facts->key || !facts->key->claim)
              return x->broken("a claim code was shown of a key that has none");
            auto const& claim = *facts->key->claim;
            x->json(200, wire::ClaimCode{
                             .key_id = id,
                             .owner = facts->key->person,
                             .claim_code = claim_code(x->services.options.pepper, claim.salt),
                             .expires_at = claim.expires_at});
          });
}

// Open to all: the code is what opens it, and who brings it becomes the key's holder.
void claim_key(ExchangePtr x, wire::ClaimRequest const& asked) {
  if (!may_try(*x)) return;
  Digest const code = sha256(as_bytes(asked.code));
  auto const directory = x->services.loop.directory();
  auto const waiting = directory->unclaimed.find(code);
  if (waiting == directory->unclaimed.end())
    return x->problem("not_found",
                      "no key waits for this code: it is unknown, was used, has expired after 72 "
                      "h, or its key was revoked");
  auto const& [id, key] = waiting->second;
  x->known = Caller{.key = id, .person = key.person, .tenant = key.tenant, .scopes = {}};
  std::string const token = fresh_token(x->services.entropy);
  domain::directory::ClaimKey const command{
      .code_sha256 = code, .key = id, .secret_sha256 = sha256(as_bytes(token))};
  x->post(ledger::Lane::control, domain::directory::Commands(command), {},
          [x, token](ledger::Answer const& answer) {
            auto const* event = decided_event<domain::directory::Events, KeyClaimed>(answer);
            if (!event) return x->broken("a claim left no event");
            auto view = key_view(*x, event->key, event->row);
            view.token = token;
            x->json(200, view);
          });
}

void list_keys(ExchangePtr x) {
  auto const directory = x->services.loop.directory();
  wire::KeyList list;
  each_key(*directory, [&](ledger::Directory::KeyEntry const& entry) {
    list.keys.push_back(key_view(*x, entry.id, entry.key));
  });
  x->json(200, list);
}

void revoke_key(ExchangePtr x, wire::KeyPath const& asked) {
  domain::directory::RevokeKey command;
  command.key = asked.key;
  command.person = x->caller().person;
  x->post(ledger::Lane::control, domain::directory::Commands(std::move(command)), {},
          [x, id = asked.key](ledger::Answer const&) {
            std::optional<wire::Key> view;
            each_key(*x->services.loop.directory(), [&](auto const& entry) {
              if (entry.id == id) view = key_view(*x, id, entry.key);
            });
            if (!view) return x->problem("not_found", "no such key");
            view->note = loss_note(x->services, view->owner);
            x->json(200, *view);
          });
}

}  // namespace

std::vector<Route> key_routes() {
  return {
      route<wire::kCreateKey, create_key>(RateClass::control),
      route<wire::kShowClaimCode, show_claim_code>(RateClass::control),
      route<wire::kClaimKey, claim_key>(RateClass::open),
      route<wire::kListKeys, list_keys>(RateClass::read),
      route<wire::kRevokeKey, revoke_key>(RateClass::control),
  };
}

}  // namespace tally::api
