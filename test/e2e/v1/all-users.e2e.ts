import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { insertRows } from '../../../src/database/bulk.js';
import { Transactions } from '../../../src/database/transactions.js';
import { User } from '../../../src/users/user.entity.js';
import { UserRepository } from '../../../src/users/user.repository.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ADMINS = ['openIM123456', 'openIM654321', 'openIMAdmin'];
/** Headers that say how an answer travels, and those that differ from one answer to the next. */
const TRAVEL = new Set(['content-length', 'transfer-encoding', 'x-http-id', 'date']);

describeOnEachDatabase('Listing very many uids in v1', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  const list = (headers: object = {}) =>
    im.post(
      '/manager/get_all_users_uid',
      { operationID: '1' },
      { token: admin, 'accept-encoding': 'identity', ...headers },
    );
  const manager = () => im.get(Transactions).manager;
  const headersOf = ({ headers }: { headers: Headers }) => [...headers].filter(([name]) => !TRAVEL.has(name));

  it('answers few at once, and many as they are read, alike to the byte', async () => {
    const few = await list();
    expect(few.headers.get('content-length')).toBe(String(few.text.length));
    const userIDs = Array.from({ length: 12_345 }, (_, i) => `u"ü${String(i).padStart(6, '0')}`);
    await insertRows(
      manager(),
      User,
      userIDs.map((userID) => ({ userID })),
    );
    const many = await list();
    const everybody = [...ADMINS, ...userIDs];
    expect(many.status).toBe(200);
    expect(many.text).toBe(JSON.stringify({ errCode: 0, errMsg: '', uidList: everybody }));
    expect(many.headers.get('content-length')).toBeNull();
    expect(headersOf(many)).toEqual(headersOf(few));
    const packed = await list({ 'accept-encoding': 'gzip' });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(packed.text).toBe(many.text);
  });

  describe('when the database fails', () => {
    /** Makes reading slices fail from the given one on. */
    function fail(from: number): () => void {
      const users = im.get(UserRepository);
      const read = users.idsAfter.bind(users);
      let slices = 0;
      users.idsAfter = async (...args) => {
        slices += 1;
        if (slices >= from) throw new Error('the database is gone');
        return read(...args);
      };
      return () => Reflect.deleteProperty(users, 'idsAfter');
    }

    it.each([1, 2])('at slice %d, answers the failure', async (from) => {
      const heal = fail(from);
      const answer = await list();
      heal();
      expect(answer.status).toBe(500);
      expect(answer.body.errCode).not.toBe(0);
    });

    it('later, breaks off', async () => {
      const heal = fail(3);
      await expect(list()).rejects.toThrow('terminated');
      heal();
      expect((await list()).body.uidList).toHaveLength(12_348);
    });
  });

  it('goes on serving others when a reader hangs up', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${im.url}/manager/get_all_users_uid`, {
      method: 'POST',
      headers: { token: admin },
      body: JSON.stringify({ operationID: '1' }),
      signal: leaving.signal,
    });
    await answer.body?.getReader().read();
    leaving.abort();
    expect((await list()).body.uidList).toHaveLength(12_348);
  });
});
