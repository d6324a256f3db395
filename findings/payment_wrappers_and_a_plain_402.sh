#!/usr/bin/env bash
# What does a caller see whose HTTP client pays by itself, when an API refuses with an ordinary 402?
#
# Versions: node 20 or later; x402-fetch 1.2.0, @x402/fetch 2.27.0, x402-axios 0.7.2, @x402/axios 2.11.0,
# mppx 0.11.0, l402 0.5.1, axios 1.21.1, viem 2.57.20.
#
# The server answers 402 with application/problem+json (RFC 9457): no payment is asked for, a budget is
# used up. A careful reader expects a wrapper that finds no payment requirements to hand the answer on,
# as it does with 401, 403 and 429.
#
# Seen: five of six throw an error of their own, after one request. It has no status, no response, no body
# and no cause, so the caller can neither see that it was a 402 nor read the reason:
#   x402-fetch    TypeError: Cannot read properties of undefined (reading 'map')
#   x402-axios    the same, in place of the AxiosError
#   @x402/fetch   Error: Failed to parse payment requirements: Invalid payment required response
#   @x402/axios   the same, in place of the AxiosError
#   mppx          Error: No method found for challenges: . Available: tempo.charge, tempo.session
#   l402          the AxiosError with status 402 and body, untouched
# So an API that refuses a budget with 402 must be called by the bare client: whoever wraps the global
# fetch to pay one API loses the reason for every refusal of another. `x-should-retry` and other header
# fields are lost with it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps --ignore-scripts \
  x402-fetch@1.2.0 @x402/fetch@2.27.0 x402-axios@0.7.2 @x402/axios@2.11.0 mppx@0.11.0 l402@0.5.1 \
  axios@1.21.1 viem@2.57.20 >/dev/null

cat >refused.mjs <<'JS'
import http from 'node:http';
import { createRequire } from 'node:module';
import { Fetch, tempo } from 'mppx/client';

const require = createRequire(import.meta.url);
const account = require('viem/accounts').privateKeyToAccount(`0x${'11'.repeat(32)}`);
const axios = require('axios');
const problem = JSON.stringify({ title: 'Budget exceeded', status: 402, code: 'budget_exceeded' });
let requests = 0;
const server = http.createServer((request, answer) => {
  requests += 1;
  answer.writeHead(402, { 'content-type': 'application/problem+json' });
  answer.end(problem);
});
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = `http://127.0.0.1:${server.address().port}/runs`;
const post = { method: 'POST', body: '{}' };

async function show(name, call) {
  requests = 0;
  try {
    const answer = await call();
    console.log(name, 'answers', answer.status, await answer.text());
  } catch (error) {
    const status = error.status ?? error.response?.status ?? error.cause?.status ?? 'none';
    const readable = JSON.stringify(error.response?.data ?? null).includes('budget_exceeded');
    console.log(`${name}: ${error.constructor.name}: ${error.message} | status ${status},`
      + ` reason ${readable ? 'readable' : 'lost'}, requests ${requests}`);
  }
}
const x402Fetch = require('x402-fetch');
await show('x402-fetch', () => x402Fetch.wrapFetchWithPayment(fetch, account)(url, post));
const x402Axios = require('x402-axios');
await show('x402-axios',
  () => x402Axios.withPaymentInterceptor(axios.create(), account).post(url, {}));
const coreFetch = require('@x402/fetch');
await show('@x402/fetch',
  () => coreFetch.wrapFetchWithPayment(fetch, new coreFetch.x402Client())(url, post));
const coreAxios = require('@x402/axios');
await show('@x402/axios',
  () => coreAxios.wrapAxiosWithPayment(axios.create(), new coreAxios.x402Client()).post(url, {}));
await show('mppx', () => Fetch.from({ methods: [tempo({ account })].flat() })(url, post));
const { setupL402Interceptor } = require('l402/dist/client');
const plain = axios.create();
setupL402Interceptor(plain, { payInvoice: async () => ({ success: false }) },
  { get: () => null, put: () => {} });
await show('l402', () => plain.post(url, {}));
process.exit(0);
JS

expected="x402-fetch: TypeError: Cannot read properties of undefined (reading 'map') | status none, reason lost, requests 1
x402-axios: TypeError: Cannot read properties of undefined (reading 'map') | status none, reason lost, requests 1
@x402/fetch: Error: Failed to parse payment requirements: Invalid payment required response | status none, reason lost, requests 1
@x402/axios: Error: Failed to parse payment requirements: Invalid payment required response | status none, reason lost, requests 1
mppx: Error: No method found for challenges: . Available: tempo.charge, tempo.session | status none, reason lost, requests 1
l402: AxiosError: Request failed with status code 402 | status 402, reason readable, requests 1"
seen=$(node refused.mjs)
echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo "the behaviour has changed; expected:" >&2
  echo "$expected" >&2
  exit 1
fi
