import { Agent, request } from 'node:http';
import type { RestRequest } from './rest-request.js';

const agent = new Agent({ keepAlive: true, maxSockets: 32 });

/** What every dialect answers at the least. */
export interface RestAnswer {
  readonly errCode: number;
  readonly data?: unknown;
}

/** One REST call in v3. Answers `data`. @throws Error when the server is not there or answers an error */
export async function call<T>(port: number, path: string, body: object, token?: string): Promise<T> {
  const asked = { path, body: JSON.stringify(body), ...(token === undefined ? {} : { token }) };
  return (await exchange(port, asked)).data as T;
}

/** One REST call in any dialect. Answers everything that came. @throws Error as `call` */
export function exchange(port: number, { path, body, token }: RestRequest): Promise<RestAnswer> {
  const payload = Buffer.from(body);
  const headers = {
    'Content-Type': 'application/json',
    'Content-Length': payload.length,
    // The header of v3; v1 and v2 carry it in the body.
    ...(body.includes('"operationID"') ? {} : { operationID: 'bench' }),
    ...(token ? { token } : {}),
  };
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, path, method: 'POST', agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        try {
          const answer = JSON.parse(text) as RestAnswer;
          if (answer.errCode === 0) resolve(answer);
          else reject(new Error(`${path} answered ${text}`));
        } catch (error) {
          reject(new Error(`${path} answered ${incoming.statusCode} ${text}`, { cause: error }));
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}
