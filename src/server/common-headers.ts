import type { CorsOrigins } from '../config/safety.js';

/** Source: contract/legacy/seeds.md 0.1, contract/v3/common.md section 1. */
const CORS_HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': '*',
  'access-control-allow-headers': '*',
  'access-control-expose-headers':
    'Content-Length, Access-Control-Allow-Origin, Access-Control-Allow-Headers,Cache-Control,Content-Language,Content-Type,Expires,Last-Modified,Pragma,FooBar',
  'access-control-max-age': '172800',
  'access-control-allow-credentials': 'false',
};

/** No answer is taken for something else than it says it is. */
const NOSNIFF = { 'x-content-type-options': 'nosniff' };

/** Two years, as browsers' own lists ask for. Other hosts of the domain are not ours to decide on. */
const HSTS = { 'strict-transport-security': 'max-age=63072000' };

type Headers = Readonly<Record<string, string>>;

/**
 * What stands in the head of every answer of the standalone server, errors included. The protocol's CORS is written out here:
 * `@fastify/cors` answers OPTIONS in its own way, and none of its settings is these headers. Every set is made once.
 */
export class CommonHeaders {
  private readonly usual: Headers;
  private readonly byOrigin = new Map<string, Headers>();

  /** @param publicUrl where clients reach the server; HSTS is told where that is https */
  constructor({ corsOrigins, publicUrl }: { corsOrigins: CorsOrigins; publicUrl: string | undefined }) {
    const safe = { ...NOSNIFF, ...(publicUrl?.startsWith('https:') ? HSTS : {}) };
    if (corsOrigins === '*') this.usual = { ...CORS_HEADERS, ...safe };
    else if (corsOrigins === 'none') this.usual = safe;
    else {
      // A cache must not hand one origin's answer to another.
      this.usual = { ...safe, vary: 'Origin' };
      for (const origin of corsOrigins) {
        this.byOrigin.set(origin, { ...CORS_HEADERS, 'access-control-allow-origin': origin, ...this.usual });
      }
    }
  }

  /** @param origin whose page asks, as its browser says */
  for(origin: string | undefined): Headers {
    return (origin === undefined ? undefined : this.byOrigin.get(origin)) ?? this.usual;
  }
}
