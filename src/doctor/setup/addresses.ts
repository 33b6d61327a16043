import { createConnection } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRedis } from '../../cluster/redis-client.js';
import type { ServerConfig } from '../../config/environment.js';
import { parseRedisUrl } from '../../core/redis-url.js';
import { type Area, type Check, type Finding, ok, OK } from '../check.js';

/** Milliseconds an address may take to answer. */
const PATIENCE_MS = 5_000;

/** What the server answers to OPTIONS, on every path; nobody else says it. Source: `server/http.ts`. */
const OPTIONS_ANSWER = '"Options Request!"';

/** How a port is: ours, nobody's, or somebody else's. */
type Port = 'ours' | 'free' | 'taken';

/** A port the server listens on. */
function port(
  name: string,
  variable: string,
  portOf: (config: ServerConfig) => number,
  isOurs: typeof speaksRest,
): Check {
  return {
    name: `addresses.${name}`,
    title: `${variable} is the server's, or free`,
    async look({ config }) {
      const number = portOf(config);
      if (number === 0) return undefined;
      const base = `http://${localHost(config.host)}:${number}`;
      const found = await stateOf(base, isOurs);
      if (found === 'ours') return ok(`the server answers at ${base}`);
      if (found === 'free') return ok(`nothing listens on ${number}: the server is not running`);
      const says = `something else listens on ${number}`;
      return { level: 'problem', says, advice: `End it, or choose another port with ${variable}.` };
    },
  };
}

async function stateOf(base: string, isOurs: (base: string) => Promise<boolean>): Promise<Port> {
  if (!(await listens(new URL(base)))) return 'free';
  return (await isOurs(base).catch(() => false)) ? 'ours' : 'taken';
}

function listens({ hostname, port: number }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(number),
      timeout: PATIENCE_MS,
    });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('timeout', () => end(false));
    socket.once('error', () => end(false));
  });
}

async function speaksRest(base: string): Promise<boolean> {
  const answer = await fetch(`${base}/`, { method: 'OPTIONS', signal: AbortSignal.timeout(PATIENCE_MS) });
  return (await answer.text()) === OPTIONS_ANSWER;
}

/** Who comes without an upgrade and without a token is told what is missing. */
async function speaksGateway(base: string): Promise<boolean> {
  const answer = await fetch(`${base}/msg_gateway`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const { errCode } = (await answer.json()) as { errCode?: unknown };
  return typeof errCode === 'number' && errCode > 0;
}

/** Where a server that listens everywhere is reached from here. */
function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

/** Clients are sent there for their files. */
const publicUrl: Check = {
  name: 'addresses.public',
  title: 'PUBLIC_URL leads to the server',
  async look({ config: { publicUrl: base } }): Promise<Finding | undefined> {
    if (base === undefined) return undefined;
    const ours = await speaksRest(base.replace(/\/+$/, '')).catch(() => undefined);
    if (ours) return OK;
    const says = ours === undefined ? 'nothing answers from here' : 'something else answers';
    const advice = 'Clients must reach it: is the proxy up, and does it pass paths and OPTIONS on to API_PORT?';
    return { level: 'warning', says: `${says} at ${base}`, advice };
  },
};

/** Clients load files from there, and so does the server. */
const objectStore: Check = {
  name: 'addresses.objects',
  title: 'the store of files answers',
  async look({ config: { objectStorage } }) {
    if (objectStorage.kind !== 's3' || objectStorage.endpoint === undefined) return undefined;
    const { endpoint } = objectStorage;
    try {
      await fetch(endpoint, { method: 'HEAD', redirect: 'manual', signal: AbortSignal.timeout(PATIENCE_MS) });
      return OK;
    } catch {
      const advice = 'Uploads and downloads fail until it does: is the endpoint of OBJECT_STORAGE right, and running?';
      return { level: 'problem', says: `nothing answers at ${endpoint}`, advice };
    }
  },
};

/** Nodes that do not hear each other ask the database for everything. */
const redis: Check = {
  name: 'addresses.redis',
  title: 'Redis answers',
  async look({ config: { redisUrl } }) {
    const address = redisUrl === undefined ? undefined : parseRedisUrl(redisUrl);
    if (!address) return undefined;
    const client = await connectRedis(address);
    client.on('error', () => undefined);
    try {
      for (const deadline = Date.now() + PATIENCE_MS; ; await delay(50)) {
        if (client.status === 'ready' && (await client.ping().catch(() => '')) === 'PONG') return OK;
        if (Date.now() > deadline) break;
      }
      const advice = 'Nodes work alone until it does: is REDIS_URL right, and Redis running?';
      return { level: 'problem', says: `nothing answers at ${address.hosts[0].host}:${address.hosts[0].port}`, advice };
    } finally {
      client.disconnect();
    }
  },
};

export const ADDRESSES: Area = {
  title: 'Addresses',
  checks: [
    port('rest', 'API_PORT', ({ apiPort }) => apiPort, speaksRest),
    port('legacy', 'LEGACY_API_PORT', ({ legacyApiPort }) => legacyApiPort, speaksRest),
    port('gateway', 'WS_PORT', ({ wsPort }) => wsPort, speaksGateway),
    publicUrl,
    objectStore,
    redis,
  ],
};
