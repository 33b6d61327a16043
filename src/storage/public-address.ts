import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { isHttpBase } from '../core/object-storage.js';

/** What of a request tells where its client reaches us. */
interface AddressedRequest {
  headers: Record<string, string | string[] | undefined>;
  url: string;
  originalUrl?: string;
  socket?: { encrypted?: boolean };
}

/** How a request came to us. */
export interface Arrival {
  /** `X-Request-Api`: where the client says it reaches the REST routes; "" when it says nothing. */
  requestApi: string;
  /** The same, as far as the request itself shows: scheme, Host header and what stands before `/object/`. */
  direct: string;
}

/** The {@link Arrival} of a request to one of the routes `object/<operation>`. */
export const ArrivedAt = createParamDecorator((_: unknown, context: ExecutionContext): Arrival => {
  const { headers, socket, originalUrl, url } = context.switchToHttp().getRequest<AddressedRequest>();
  const [path = ''] = (originalUrl ?? url).split('?', 1);
  const requestApi = headers['x-request-api'];
  return {
    requestApi: typeof requestApi === 'string' ? requestApi : '',
    direct: `${socket?.encrypted ? 'https' : 'http'}://${String(headers['host'] ?? '')}${path.replace(/\/object\/[^/]*$/, '')}`,
  };
});

/**
 * Where a client reaches the REST routes, without a slash at the end: what its request says, else what the operator says,
 * else where the request arrived. Source: contract/v3/object-and-third.md "Object model".
 */
export function baseOf({ requestApi, direct }: Arrival, publicUrl: string): string {
  const said = isHttpBase(requestApi) ? requestApi : publicUrl;
  return said.replace(/\/+$/, '') || direct;
}

/**
 * The lasting URL of an object. The name is written as it is, as clients expect, but for the characters that would end the
 * path or could not be read back.
 */
export function objectUrl(base: string, name: string): string {
  // eslint-disable-next-line no-control-regex
  return `${base}/object/${name.replace(/[%?#\\\u0000-\u001f]/g, (character) => encodeURIComponent(character))}`;
}
