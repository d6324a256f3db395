// A run from its submit to its end, and refusals, through a client that was generated from the
// document alone. What the types do not allow does not compile; what the server answers otherwise
// throws.
import createClient from "openapi-fetch";
import type { components, operations, paths } from "./api.d.ts";

declare const process: { env: Record<string, string | undefined> };

const token = process.env["TALLY_KEY"];
const api = createClient<paths>({
  baseUrl: process.env["TALLY_SERVER"] ?? "",
  headers: { Authorization: `Bearer ${token}` },
});

function same<T>(seen: T, wanted: T, what: string): void {
  if (seen !== wanted) throw new Error(`${what}: ${String(seen)} in place of ${String(wanted)}`);
}

function there<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Error(`${what} is not there`);
  return value;
}

const request: components["schemas"]["SubmitRequest"] = {
  job: "metered",
  input: { any: ["value"] },
  max_cost_usd: "0.0500",
  labels: { team: "red" },
};

async function submit(key: string) {
  const asked = await api.POST("/v1/runs", {
    params: { header: { "Idempotency-Key": key } },
    body: request,
  });
  same(asked.response.status, 202, "the status of a submit");
  const accepted = there(asked.data, "the answer of a submit");
  // Two answers have a 2xx: the one of a dry run has no run.
  if (!("run_id" in accepted)) throw new Error("a submit answered as a dry run");
  return accepted;
}

async function runs_once(): Promise<string> {
  const first = await submit("call-1");
  const again = await submit("call-1");
  same(again.run_id, first.run_id, "the run of a repeated key");
  same(again.idempotent_replay, true, "the mark of a repeated key");
  const dry = await api.POST("/v1/runs", { params: { query: { dry_run: true } }, body: request });
  same(dry.response.status, 200, "the status of a dry run");
  return first.run_id;
}

async function works(run: string): Promise<void> {
  const leased = await api.POST("/v1/work/lease", { body: { jobs: ["metered"], wait_s: 1 } });
  const item = there(there(leased.data, "a lease").work[0], "a leased run");
  same(item.run_id, run, "the leased run");
  const at = { params: { path: { lease: item.lease_id } } };
  await api.POST("/v1/work/{lease}/start", { ...at, body: { fence: item.fence } });
  const done = await api.POST("/v1/work/{lease}/complete", {
    ...at,
    body: { fence: item.fence, result: { n: 1 }, cost_usd: "0.0100" },
  });
  same(there(done.data, "a completion").status, "succeeded", "the end of the run");
}

async function is_shown(run: string): Promise<void> {
  const query: NonNullable<operations["listRuns"]["parameters"]["query"]> = {
    status: "succeeded",
    label: "team=red",
    limit: 5,
  };
  const list = await api.GET("/v1/runs", { params: { query } });
  same(there(list.data, "a list").runs[0]?.run_id, run, "the listed run");
  const shown = await api.GET("/v1/runs/{id}", { params: { path: { id: run } } });
  same(there(shown.data, "the run").receipt?.charged_usd, "0.0100", "the charge");
  const result = await api.GET("/v1/runs/{id}/result", { params: { path: { id: run } } });
  same(JSON.stringify(result.data), '{"n":1}', "the result");
  const granted = await api.POST("/v1/admin/tenants/{tenant}/grants", {
    params: { path: { tenant: "default" } },
    body: { amount_usd: "1" },
  });
  same(granted.response.status, 201, "the status of a grant");
}

async function says_no(): Promise<void> {
  const path = { id: "run_00000000000000ff" };
  const missing = await api.GET("/v1/runs/{id}", { params: { path } });
  same(there(missing.error, "a refusal").code, "not_found", "the code of a missing run");
  // @ts-expect-error: no run has this state
  const misspelt = await api.GET("/v1/runs", { params: { query: { status: "done" } } });
  same(misspelt.response.status, 422, "the status of a misspelt state");
  // @ts-expect-error: a submit says what it may cost
  const unbounded = await api.POST("/v1/runs", { body: { job: "metered", input: 1 } });
  const code = there(unbounded.error, "a refusal").code;
  same(code, "idempotency_key_missing", "the code of a submit without a key");
  const health = await api.GET("/health");
  same(there(health.data, "the health").status, "healthy", "the health");
}

const run = await runs_once();
await works(run);
await is_shown(run);
await says_no();
console.log("a generated client submitted, worked and read");
