/** Where Redis is. */
export interface RedisAddress {
  kind: 'single' | 'sentinel' | 'cluster';
  hosts: { host: string; port: number }[];
  tls: boolean;
  username: string | undefined;
  password: string | undefined;
  /** The number of the database; 0 in a cluster. */
  db: number;
  /** Sentinel's name of the primary. */
  primary: string;
}

const FORM = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\/(?:([^@/]*)@)?([^/?#]+)(?:\/([^?#]*))?$/;

const DEFAULT_PORTS = { single: 6379, sentinel: 26_379, cluster: 6379 } as const;

/**
 * Reads `redis://[user:password@]host[:port][/db]`, `redis+sentinel://[…@]host,host/primary[/db]` or
 * `redis+cluster://[…@]host,host`; `rediss` for TLS. User and password are percent-encoded.
 *
 * @returns undefined when it is none of these
 */
export function parseRedisUrl(url: string): RedisAddress | undefined {
  const parts = FORM.exec(url);
  if (!parts) return undefined;
  const [, scheme, kind = 'single', credentials, list, path = ''] = parts as unknown as [
    string,
    string,
    RedisAddress['kind'] | undefined,
    string | undefined,
    string,
    string | undefined,
  ];
  const hosts = list.split(',').map((text) => hostOf(text, DEFAULT_PORTS[kind]));
  const segments = path.split('/').filter((segment) => segment !== '');
  const primary = kind === 'sentinel' ? segments.shift() : '';
  const db = segments.shift() ?? '0';
  const fits = segments.length === 0 && /^\d{1,4}$/.test(db) && (kind === 'single' ? hosts.length === 1 : true);
  if (!fits || primary === undefined || (kind === 'cluster' && db !== '0')) return undefined;
  if (hosts.some((host) => host === undefined)) return undefined;
  let username: string | undefined;
  let password: string | undefined;
  if (credentials !== undefined) {
    const colon = credentials.indexOf(':');
    try {
      username = decodeURIComponent(colon < 0 ? credentials : credentials.slice(0, colon)) || undefined;
      password = colon < 0 ? undefined : decodeURIComponent(credentials.slice(colon + 1)) || undefined;
    } catch {
      return undefined;
    }
  }
  const found = hosts as RedisAddress['hosts'];
  return { kind, hosts: found, tls: scheme === 'rediss', username, password, db: Number(db), primary };
}

function hostOf(text: string, defaultPort: number): { host: string; port: number } | undefined {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(\d{1,5}))?$/.exec(text.trim());
  const port = Number(parts?.[2] ?? defaultPort);
  return parts && port > 0 && port < 65_536 ? { host: parts[1].replace(/^\[|\]$/g, ''), port } : undefined;
}
