-- What a paid run needs in a relational database: the money of each tenant, the runs with their
-- state, the keys that make a submit happen once, and what was charged. The runs are the queue.

-- Room is left in each page, so that an update stays in its page and touches no index. A page
-- holds few balances for the same reason: each of them is written by every submit of its tenant.
CREATE TABLE balance (
  tenant int PRIMARY KEY,
  granted bigint NOT NULL,
  held bigint NOT NULL DEFAULT 0,
  spent bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 10);

CREATE TABLE runs (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant int NOT NULL,
  job text NOT NULL,
  body text NOT NULL,
  hold bigint NOT NULL,
  state text NOT NULL DEFAULT 'queued',
  fence int NOT NULL DEFAULT 0,
  lease_ends timestamptz,
  result text,
  submitted timestamptz NOT NULL DEFAULT now()
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- Holds queued runs only: what is leased leaves it, and vacuum clears the head of it.
CREATE INDEX queued ON runs (id) WHERE state = 'queued';

CREATE TABLE idempotency (
  tenant int,
  key text,
  run bigint NOT NULL,
  PRIMARY KEY (tenant, key)
);

CREATE TABLE postings (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant int NOT NULL,
  run bigint NOT NULL,
  amount bigint NOT NULL,
  posted timestamptz NOT NULL DEFAULT now()
);

-- 64 tenants with 100 million dollars each, in millionths; some measurements use the first alone.
INSERT INTO balance (tenant, granted) SELECT n, 100000000000000 FROM generate_series(1, 64) AS n;

-- Each function below is one transaction and one round trip, with its plans kept by the session.
-- The balance comes last, so that its row is locked for as short as can be: until the commit is
-- durable. `in_turn` lets callers of one and the same balance wait in a line for it. Waiting for
-- the row itself, each of them walks all versions that the others wrote meanwhile, which costs
-- more than twice the processor time; without such a crowd the line is a cost of its own.

CREATE FUNCTION submit(of_tenant int, under text, of_job text, content text, cost bigint,
                       in_turn boolean) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  made bigint;
BEGIN
  INSERT INTO idempotency VALUES (of_tenant, under, nextval('runs_id_seq'))
    ON CONFLICT DO NOTHING RETURNING run INTO made;
  IF made IS NULL THEN
    SELECT run INTO STRICT made FROM idempotency WHERE tenant = of_tenant AND key = under;
    RETURN made;
  END IF;
  INSERT INTO runs (id, tenant, job, body, hold) OVERRIDING SYSTEM VALUE
    VALUES (made, of_tenant, of_job, content, cost);
  IF in_turn THEN PERFORM pg_advisory_xact_lock(of_tenant); END IF;
  UPDATE balance SET held = held + cost
    WHERE tenant = of_tenant AND granted - held - spent >= cost;
  IF NOT FOUND THEN RAISE EXCEPTION 'tenant % may not spend %', of_tenant, cost; END IF;
  RETURN made;
END $$;

-- The oldest queued runs, `most` at most, each with the fence that its holder must show.
CREATE FUNCTION lease(of_job text, most int, OUT runs bigint[], OUT fences int[])
LANGUAGE plpgsql AS $$
BEGIN
  WITH taken AS (
    UPDATE runs SET state = 'leased', fence = fence + 1, lease_ends = now() + interval '30 s'
    WHERE id = ANY (ARRAY(
      SELECT id FROM runs WHERE job = of_job AND state = 'queued'
      ORDER BY id LIMIT most FOR UPDATE SKIP LOCKED))
    RETURNING id, fence)
  SELECT array_agg(id), array_agg(fence) INTO runs, fences FROM taken;
END $$;

-- A run that is NULL is a place of the lease that stayed empty.
CREATE FUNCTION settle(of_run bigint, of_fence int, cost bigint, answer text, in_turn boolean)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  payer int;
  was_held bigint;
BEGIN
  IF of_run IS NULL THEN RETURN NULL; END IF;
  UPDATE runs SET state = 'done', result = answer
    WHERE id = of_run AND fence = of_fence AND state = 'leased'
    RETURNING tenant, hold INTO payer, was_held;
  IF NOT FOUND THEN RAISE EXCEPTION 'run % is not leased under fence %', of_run, of_fence; END IF;
  INSERT INTO postings (tenant, run, amount) VALUES (payer, of_run, cost);
  IF in_turn THEN PERFORM pg_advisory_xact_lock(payer); END IF;
  UPDATE balance SET held = held - was_held, spent = spent + cost WHERE tenant = payer;
  RETURN of_run;
END $$;
