import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { Transactions } from '../../src/database/transactions.js';
import { SendStatuses } from '../../src/messaging/sending/send-statuses.js';
import type { Im } from '../support/im.js';
import { describeOnEachDatabase, startIm } from '../support/server.js';

const DAY = 86_400_000;

describeOnEachDatabase('Send statuses', (database) => {
  let im: Im;
  let statuses: SendStatuses;
  const noon = Date.UTC(2024, 0, 31, 12);

  beforeAll(async () => {
    im = await startIm({ database });
    statuses = im.get(SendStatuses);
  });
  afterEach(() => vi.useRealTimers());
  afterAll(() => im.close());

  const at = (time: number) => vi.useFakeTimers({ now: time, toFake: ['Date'] });
  const note = (...operationIDs: string[]) =>
    im.get(Transactions).run(() => statuses.note(operationIDs.map((operationID) => ({ userID: 'ann', operationID }))));
  const succeeded = (operationID: string, userID = 'ann') => statuses.succeeded({ userID, operationID });

  it('are known for 24 hours, across midnight', async () => {
    at(noon);
    await note('one');
    at(noon + DAY - 1);
    expect(await succeeded('one')).toBe(true);
    at(noon + DAY);
    expect(await succeeded('one')).toBe(false);
  });

  it('are known from the last time on', async () => {
    at(noon);
    await note('again');
    at(noon + DAY - 1);
    await note('again');
    at(noon + 2 * DAY - 2);
    expect(await succeeded('again')).toBe(true);
  });

  it('are kept together, and found apart', async () => {
    at(noon);
    await note('first', 'second', 'third');
    await note('fourth', '');
    for (const operationID of ['first', 'second', 'third', 'fourth', '']) {
      expect(await succeeded(operationID)).toBe(true);
    }
    expect(await succeeded('fifth')).toBe(false);
  });

  it('tell users and upper and lower case apart', async () => {
    at(noon);
    await note('mine');
    expect(await succeeded('mine', 'bob')).toBe(false);
    expect(await succeeded('Mine')).toBe(false);
    expect(await succeeded('mine')).toBe(true);
  });

  it('are thrown away when they have expired, and only then', async () => {
    at(noon - DAY);
    await im.get(Transactions).run(async () => {
      for (let batch = 0; batch < 1_200; batch += 1) {
        await statuses.note([{ userID: `caller${batch % 7}`, operationID: `old${batch}` }]);
      }
    });
    at(noon);
    await note('young');
    at(noon + DAY - 1);
    expect(await statuses.prune()).toBeGreaterThanOrEqual(1_000);
    expect(await statuses.prune()).toBe(0);
    expect(await succeeded('young')).toBe(true);
    expect(await im.rows('im_sent_requests', { sentAt: noon - DAY })).toEqual([]);
  });

  it('go with their user', async () => {
    await im.register('ann');
    await note('last');
    await im.v1('/manager/delete_user', { deleteUidList: ['ann'] }, await im.adminToken());
    expect(await succeeded('last')).toBe(false);
  });
});
