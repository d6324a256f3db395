#!/usr/bin/env bash
# Which trace does a Node service continue when a caller sends `traceparent`? Four tracers, one answer each.
#
# Versions: node 20 or later; @sentry/node 11.12.0, dd-trace 5.132.0, elastic-apm-node 4.18.0,
# @opentelemetry/instrumentation-http 0.223.0 with sdk-trace-node 2.12.1.
#
# A careful reader of the W3C recommendation expects: a valid header is continued; an all-zero parent id
# and upper-case hex are refused; a higher version is read by its first four fields; two header fields,
# which Node joins with a comma, start a new trace.
#
# Seen (A: the caller's trace is continued; new: another trace id; none of them reports an error):
#   header                         opentelemetry  dd-trace  elastic  sentry
#   valid, version 00              A              A         A        new
#   parent id all zeros            new            new       A        new
#   trace id in upper case         new            A         new      new
#   version 01 with a fifth field  A              A         new      new
#   two fields of it               new            new       new      new
# So a service under @sentry/node carries another trace id than its caller although it was told one, also
# with `propagateTraceparent: true` (that is for what it sends); it continues `sentry-trace` alone. Whoever
# joins evidence of several tracers by trace id has to send both headers, and has to expect that one hop
# of three continues what the next one refuses.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --legacy-peer-deps \
  @opentelemetry/api@1.10.0 @opentelemetry/sdk-trace-node@2.12.1 \
  @opentelemetry/instrumentation-http@0.223.0 dd-trace@5.132.0 elastic-apm-node@4.18.0 \
  @sentry/node@11.12.0 >/dev/null

cat >tracer.js <<'JS'
// Starts one tracer, asks an HTTP server of this process with each header, prints which trace it is in.
const name = process.argv[2];
let traceId;
if (name === 'opentelemetry') {
  const { NodeTracerProvider } = require('@opentelemetry/sdk-trace-node');
  const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
  const provider = new NodeTracerProvider();
  provider.register();
  const instrumentation = new HttpInstrumentation();
  instrumentation.setTracerProvider(provider);
  const api = require('@opentelemetry/api');
  traceId = () => api.trace.getActiveSpan()?.spanContext().traceId;
} else if (name === 'dd-trace') {
  const tracer = require('dd-trace').init({ startupLogs: false });
  traceId = () => tracer.scope().active()?.context().toTraceId(true);
} else if (name === 'elastic') {
  const agent = require('elastic-apm-node').start({
    serviceName: 'service', disableSend: true, logLevel: 'off', centralConfig: false,
    cloudProvider: 'none' });
  traceId = () => agent.currentTraceIds['trace.id'];
} else {
  const Sentry = require('@sentry/node');
  Sentry.init({ dsn: 'http://key@127.0.0.1:9/1', tracesSampleRate: 1, propagateTraceparent: true,
    transport: () => ({ send: async () => ({}), flush: async () => true }) });
  traceId = () => Sentry.getActiveSpan()?.spanContext().traceId;
}
const http = require('http');
const net = require('net');
const server = http.createServer((request, answer) => answer.end(String(traceId())));
const [a, b, parent] = ['a'.repeat(32), 'b'.repeat(32), '1234567890abcdef'];
const headers = {
  valid: [`traceparent: 00-${a}-${parent}-01`],
  zero_parent: [`traceparent: 00-${a}-${'0'.repeat(16)}-01`],
  upper_case: [`traceparent: 00-${a.toUpperCase()}-${parent}-01`],
  higher_version: [`traceparent: 01-${a}-${parent}-01-more`],
  two_fields: [`traceparent: 00-${a}-${parent}-01`, `traceparent: 00-${b}-${parent}-01`],
  sentry_trace: [`sentry-trace: ${a}-${parent}-1`],
};
const ask = (fields) => new Promise((resolve) => {
  let text = '';
  const socket = net.connect(server.address().port, '127.0.0.1', () => socket.write(
    `GET / HTTP/1.1\r\nHost: service\r\nConnection: close\r\n${fields.join('\r\n')}\r\n\r\n`));
  socket.on('data', (data) => { text += data; });
  socket.on('end', () => resolve(text.toLowerCase().includes(a) ? 'A' : 'new'));
});
server.listen(0, '127.0.0.1', async () => {
  const seen = [];
  for (const [kind, fields] of Object.entries(headers)) seen.push(`${kind}=${await ask(fields)}`);
  console.log(name, seen.join(' '));
  process.exit(0);
});
JS

expected='opentelemetry valid=A zero_parent=new upper_case=new higher_version=A two_fields=new sentry_trace=new
dd-trace valid=A zero_parent=new upper_case=A higher_version=A two_fields=new sentry_trace=new
elastic valid=A zero_parent=A upper_case=new higher_version=new two_fields=new sentry_trace=new
sentry valid=new zero_parent=new upper_case=new higher_version=new two_fields=new sentry_trace=A'
seen=$(for tracer in opentelemetry dd-trace elastic sentry; do
  timeout 60 node tracer.js "$tracer" 2>/dev/null
done)
echo "$seen"
if [[ $seen != "$expected" ]]; then
  echo "the behaviour has changed; expected:" >&2
  echo "$expected" >&2
  exit 1
fi
