-- The submit of submit.sql the way a program does it through an ordinary driver: a round trip for
-- each statement. A key that was used before would end the transaction; none is used twice here.
\set n :n + 1
\set tenant 1 + :client_id % :tenants
BEGIN;
INSERT INTO runs (tenant, job, body, hold) VALUES (:tenant, 'bench-echo', '{"job":"bench-echo","input":{"customer":"c-1042","lines":17,"note":"one of many"},"max_cost_usd":"0.0001","timeout_s":30,"labels":{"team":"bench"}}', 100) RETURNING id \gset
INSERT INTO idempotency VALUES (:tenant, 'bench-' || :client_id::int || '-' || :n::int, :id);
UPDATE balance SET held = held + 100 WHERE tenant = :tenant AND granted - held - spent >= 100;
COMMIT;
