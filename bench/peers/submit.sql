-- One submit. The body is that of the bench `submit`; the key differs from request to request.
\set n :n + 1
\set tenant 1 + :client_id % :tenants
SELECT submit(:tenant, 'bench-' || :client_id::int || '-' || :n::int, 'bench-echo', '{"job":"bench-echo","input":{"customer":"c-1042","lines":17,"note":"one of many"},"max_cost_usd":"0.0001","timeout_s":30,"labels":{"team":"bench"}}', 100, :in_turn::boolean);
