import { connect } from 'node:net';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { freshDatabase } from '../../support/databases.js';
import { post } from '../../support/http.js';
import { knock } from '../../support/knock.js';
import { startProcess } from '../../support/process.js';
import { describeOnEachDatabase } from '../../support/server.js';
import { gatewayUrl, SocketClient } from '../../support/socket.js';

const SECRETS = {
  IM_SECRET: 'hush-im-secret',
  TOKEN_SECRET: 'hush-token-secret-of-the-server',
  OBJECT_STORAGE_ACCESS_KEY: 'HUSHACCESSKEY',
  OBJECT_STORAGE_SECRET_KEY: 'hush-storage-secret',
};

/** What somebody sent who was nearly right. */
const WRONG_SECRET = 'hush-im-secret-mistyped';
const WRONG_TOKEN = 'eyJhbGciOiJIUzI1NiJ9.aHVzaC13cm9uZw.hush-wrong-signature';

/** Sends bytes as they are, and waits for the end. */
function send(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.on('data', () => undefined).on('error', () => undefined);
    socket.on('close', () => resolve());
  });
}

describeOnEachDatabase('A log that tells everything (trace)', (database) => {
  it('tells no secret, no token, and none that was nearly right', async () => {
    const fresh = await freshDatabase(database);
    const folder = await mkdtemp(join(tmpdir(), 'openim-secrets-'));
    const file = join(folder, 'token');
    await writeFile(file, `${SECRETS.TOKEN_SECRET}\n`);
    const { TOKEN_SECRET: _, ...given } = SECRETS;
    const server = await startProcess({
      DATABASE_URL: fresh.url,
      LOG_LEVEL: 'trace',
      ...given,
      TOKEN_SECRET_FILE: file,
      // Nobody listens there: what cannot be reached is told, and must not be told with its key.
      OBJECT_STORAGE: 's3://files?endpoint=http://127.0.0.1:9',
      LOGIN_FAILURES_PER_IP: '5',
    });
    const secrets = new Set<string>([...Object.values(SECRETS), WRONG_SECRET, WRONG_TOKEN]);
    const ask = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
      const answer = await post(server.url + path, body, headers);
      const token = answer.body?.data?.token;
      if (typeof token === 'string') secrets.add(token);
      return answer;
    };
    const v3 = (path: string, body: object, token?: string) =>
      ask(path, body, { operationID: 'trace', ...(token && { token }) });
    const secret = SECRETS.IM_SECRET;
    const legacy = { operationID: 'trace', platform: 1, secret };

    const { body: admin } = await v3('/auth/user_token', { secret, platformID: 1, userID: 'openIM123456' });
    const token = admin.data.token as string;
    await v3('/auth/get_admin_token', { secret, userID: 'openIM123456' });
    await ask('/auth/user_register', { ...legacy, uid: 'ann', name: 'Ann' });
    await ask('/auth/user_token', { ...legacy, uid: 'ann' });
    const { body: bob } = await ask('/auth/user_register', { ...legacy, userID: 'bob', nickname: 'Bob', platform: 1 });
    expect(bob.errCode).toBe(0);
    await ask('/auth/user_token', { ...legacy, userID: 'bob' });
    const { body: user } = await v3('/auth/get_user_token', { userID: 'ann', platformID: 5 }, token);
    const ann = user.data.token as string;
    await v3('/auth/parse_token', { token: ann });

    // Wrong ones, and the right ones in wrong places.
    for (let times = 0; times < 8; times += 1) {
      await v3('/auth/user_token', { secret: WRONG_SECRET, platformID: 1, userID: 'ann' });
      await ask('/auth/user_token', { ...legacy, secret: WRONG_SECRET, uid: 'ann' });
      await v3('/user/get_users', {}, WRONG_TOKEN);
    }
    await v3('/auth/parse_token', { token: WRONG_TOKEN });
    await v3('/auth/force_logout', { userID: ann, platformID: 1, secret }, token);
    await ask('/auth/user_token', `{"secret":"${secret}","platformID":`, { operationID: 'trace' });
    await v3(`/nowhere?token=${ann}`, { secret });
    await ask(`/auth/%zz?token=${ann}&secret=${secret}`, {});
    await fetch(`${server.url}/msg_gateway?token=${ann}&sendID=ann&platformID=5&operationID=trace`);

    const socket = await SocketClient.connect(server.url, 'ann', ann, { platformID: 5 });
    await socket.get(1001, { userID: 'ann' });
    await knock(gatewayUrl(server.url, 'ann', ann, { platformID: 1 }));
    await knock(gatewayUrl(server.url, 'ann', WRONG_TOKEN, { platformID: 5 }));
    await knock(gatewayUrl(server.url, 'ann', ann, { platformID: 99 }));
    await socket.close();
    await send(Number(new URL(server.url).port), `FOO /?token=${ann} HTTP/1.1\r\ntoken: ${ann}\r\n\r\n`);

    const upload = { hash: 'a'.repeat(32), size: 10, maxParts: 1, name: 'ann/x.txt', contentType: 'text/plain' };
    expect((await v3('/object/initiate_multipart_upload', upload, ann)).body.errCode).not.toBe(0);

    expect(await server.stop('SIGTERM')).toBe(0);
    await fresh.drop();
    await rm(folder, { recursive: true });
    const { output } = server;
    // It did tell.
    for (const what of ['/auth/user_token', '/object/initiate_multipart_upload', '"socket request"', 'wrong secrets']) {
      expect(output).toContain(what);
    }
    expect(secrets.size).toBeGreaterThan(10);
    const told = [...secrets].filter((one) => output.includes(one));
    expect(told).toEqual([]);
    // Nor a part of one: signatures of tokens.
    for (const one of secrets)
      if (one.startsWith('ey')) expect(output).not.toContain(one.slice(one.lastIndexOf('.') + 1));
  });
});

it('A database that cannot be reached is told without its password', async () => {
  const failure = await startProcess({
    DATABASE_URL: 'mysql://root:hush-password@127.0.0.1:9/im',
    LOG_LEVEL: 'trace',
  }).then(
    () => '',
    (error: Error) => error.message,
  );
  expect(failure).toContain('The database does not answer');
  expect(failure).not.toContain('hush');
});
