-- One request of the full cycle, the next in the order that the bench `cycle` has, too: a client
-- submits `batch` runs, leases as many at once, settles each of them, and begins again. Variables
-- outlive the script's end, so that each request is a transaction of its own in pgbench's log.
\set step (:step + 1) % (2 * :batch + 1)
\set tenant 1 + :client_id % :tenants
\if :step < :batch
\set n :n + 1
SELECT submit(:tenant, 'cycle-' || :client_id::int || '-' || :n::int, 'bench-echo', '{"job":"bench-echo","input":{"n":1},"max_cost_usd":"0.0001","timeout_s":30,"labels":{}}', 100, :in_turn::boolean);
\elif :step = :batch
SELECT coalesce(runs, '{}') AS runs, coalesce(fences, '{}') AS fences FROM lease('bench-echo', :batch::int) \gset
\else
SELECT settle((:runs::bigint[])[:step::int - :batch::int], (:fences::int[])[:step::int - :batch::int], 100, '{"n":1}', :in_turn::boolean);
\endif
