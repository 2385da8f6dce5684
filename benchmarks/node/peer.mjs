// A seat for a peer on Node: `node --expose-gc peer.mjs NAME`. The protocol is in benchmarks/CONTRIBUTING.md.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const STREAMS = new Set(["stream", "stream_by"]);
const NOTHING = new Set(["bulk_insert", "insert", "upsert", "update", "delete"]);
const MODULES = {
  pg: "./with_pg.mjs",
  kysely: "./with_kysely.mjs",
  "drizzle-pg": "./with_drizzle.mjs",
  "drizzle-postgres": "./with_drizzle.mjs",
};

const require = createRequire(import.meta.url);
const name = process.argv[2];
let peer = null;
let templates = [];
let held = [];

// The parts of a URL that libpq reads: options in the query.
function address(url) {
  // A user and no host, which libpq takes, is none that URL does.
  const [, user] = /^[a-z]+:\/\/([^@/?:]+)@\//.exec(url) ?? [];
  const { pathname, searchParams: given } = new URL(user ? url.replace(`${user}@`, "") : url);
  return {
    database: decodeURIComponent(pathname.slice(1)),
    host: given.get("host") ?? "localhost",
    port: Number(given.get("port") ?? 5432),
    user: given.get("user") ?? user,
    password: given.get("password") ?? undefined,
  };
}

function* made({ count, call }) {
  const first = `${call.toString(16).padStart(8, "0")}-0000-4000-8000-`;
  for (let i = 0; i < count; i++) {
    yield { ...templates[i % templates.length], public_id: first + i.toString(16).padStart(12, "0") };
  }
}

function argument(given) {
  if (given === null || typeof given !== "object" || Array.isArray(given)) return given;
  switch (given.make) {
    case "new":
      return given.lazily ? made(given) : [...made(given)];
    case "ids":
      return Array.from({ length: given.count }, (_, i) => given.first + i);
    case "changes":
      return Array.from({ length: given.count }, (_, i) => ({
        id: i + 1,
        title: `changed ${given.call} ${i + 1}`,
        position: i + 1 + given.call,
      }));
    default:
      throw new Error(`nothing is known of ${given.make}`);
  }
}

const all = (given) => (Array.isArray(given) ? given : [given]).map(argument);

async function open({ url, templates: given }) {
  templates = given.map((row) => ({
    ...row,
    created_at: new Date(row.created_at),
    updated_at: new Date(row.updated_at),
  }));
  let module;
  try {
    module = await import(MODULES[name]);
  } catch (error) {
    if (error.code === "ERR_MODULE_NOT_FOUND") return { is: "missing", why: error.message };
    throw error;
  }
  peer = await module.open(name, address(url));
  const pinned = require("./package.json").dependencies;
  return {
    is: "opened",
    versions: Object.fromEntries(peer.libraries.map((library) => [library, pinned[library]])),
    methods: Object.keys(peer.methods),
    absent: peer.absent,
    runtime: `Node ${process.versions.node}`,
  };
}

async function turn({ method, arguments: given }) {
  const todo = given.map(all);
  const call = peer.methods[method];
  globalThis.gc?.();
  const cpu = process.cpuUsage();
  const wall = performance.now();
  if (STREAMS.has(method)) {
    for (const each of todo) for await (const _ of call(...each));
  } else {
    for (const each of todo) await call(...each);
  }
  const took = performance.now() - wall;
  const used = process.cpuUsage(cpu);
  return { is: "took", wall: took / 1e3, cpu: (used.user + used.system) / 1e6 };
}

async function rows({ method, argument: given, step = 1 }) {
  const found = [];
  let count = 0;
  const seen = (row) => {
    if (count++ % step === 0) found.push(row);
  };
  const result = peer.methods[method](...all(given));
  if (STREAMS.has(method)) {
    for await (const row of result) seen(row);
  } else {
    const one = await result;
    if (NOTHING.has(method)) return { is: "found", count: 0, rows: [] };
    for (const row of Array.isArray(one) ? one : [one]) seen(row);
  }
  return { is: "found", count, rows: found }; // dates become ISO 8601 as JSON
}

async function answer(message) {
  switch (message.do) {
    case "open":
      return open(message);
    case "turn":
      return turn(message);
    case "rows":
      return rows(message);
    case "hold":
      held = Array.from({ length: message.objects }, (_, i) => [i]);
      globalThis.gc?.();
      return { is: "held", tracked: null };
    default:
      return { is: "failed", why: `nothing is known of ${message.do}` };
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let told;
  try {
    told = await answer(JSON.parse(line));
  } catch (error) {
    told = { is: "failed", why: String(error.stack ?? error) + (error.cause ? `\n${error.cause}` : "") };
  }
  process.stdout.write(JSON.stringify(told) + "\n");
}
await peer?.close();
process.exit(held.length < 0 ? 1 : 0);
