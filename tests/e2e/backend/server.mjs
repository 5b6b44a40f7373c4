// The customer's backend of the end-to-end tests. Webhooks are answered with BXML that bandwidth-sdk writes; what
// each path answers is set by the test over /_script, what came in is read over /_requests
// (DELETE: read and forgotten).
//
//   PUT /_script {"/initiate": {"verbs": [["SpeakSentence", "Hello"], ["Gather", {"gatherUrl": "/menu"},
//                               [["SpeakSentence", "One?"]]]], "status": 200, "delayMs": 0}}
//   answers also: "raw" (a body as it is), "silent" (never answers), "file" (path of audio), "headers"
import {createServer} from 'node:http';
import {readFileSync} from 'node:fs';
import sdk from 'bandwidth-sdk';

const {Bxml} = sdk;
let script = {};
let requests = [];

// Positional arguments as the SDK's constructors take them; nested arrays that name a verb become verbs.
const build = ([name, ...args]) =>
  new Bxml[name](...args.map(a => (Array.isArray(a) ? a.map(v => (Array.isArray(v) ? build(v) : v)) : a)));

const document = verbs => new Bxml.Response(verbs.map(build)).toBxml();

const body = request =>
  new Promise(resolve => {
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString()));
  });

const answer = async (request, response, url) => {
  const text = await body(request);
  const entry = {
    time: Date.now(), method: request.method, path: url.pathname, query: Object.fromEntries(url.searchParams),
    headers: request.headers, body: text, connection: request.socket.remotePort,
  };
  try { entry.event = JSON.parse(text); } catch { /* GET, or not JSON */ }
  requests.push(entry);
  let rule = script[url.pathname];
  if (Array.isArray(rule)) rule = rule.length > 1 ? rule.shift() : rule[0];
  if (!rule) return response.writeHead(204).end();
  if (rule.silent) return;
  if (rule.delayMs) await new Promise(resolve => setTimeout(resolve, rule.delayMs));
  const headers = {'Content-Type': 'application/xml; charset=utf-8', ...rule.headers};
  const content = rule.file ? readFileSync(rule.file) : rule.raw ?? (rule.verbs ? document(rule.verbs) : '');
  response.writeHead(rule.status ?? 200, headers).end(content);
};

const control = async (request, response, url) => {
  if (request.method === 'PUT' && url.pathname === '/_script') {
    script = JSON.parse(await body(request));
    requests = [];
    return response.writeHead(204).end();
  }
  if (url.pathname === '/_requests') {
    const all = requests;
    if (request.method === 'DELETE') requests = [];
    return response.writeHead(200, {'Content-Type': 'application/json'}).end(JSON.stringify(all));
  }
  response.writeHead(404).end();
};

const server = createServer((request, response) => {
  const url = new URL(request.url, 'http://backend');
  return (url.pathname.startsWith('/_') ? control : answer)(request, response, url);
});
server.listen(0, '127.0.0.1', () => console.log(`listening ${server.address().port}`));
