import { afterAll, beforeAll, expect, it } from 'vitest';
import { logOf } from '../../support/friends.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('Friends in v3, many at once', (database) => {
  let im: Im;
  let admin: string;
  beforeAll(async () => {
    im = await startIm({ database });
    admin = await im.adminToken();
  });
  afterAll(() => im.close());

  const post = async (path: string, body: object): Promise<number> => (await im.v3(path, body, admin)).body.errCode;
  const importFriends = (ownerUserID: string, friendUserIDs: string[]) =>
    post('/friend/import_friend', { ownerUserID, friendUserIDs });

  it('imports that cross each other all succeed, and every friendship is there and announced once', async () => {
    const circle = Array.from({ length: 8 }, (_, i) => `circle${i}`);
    await im.register(...circle);
    const codes = await Promise.all(
      circle.map((owner) =>
        importFriends(
          owner,
          circle.filter((other) => other !== owner),
        ),
      ),
    );
    expect(codes).toEqual(circle.map(() => 0));
    for (const owner of circle) {
      expect(await im.rows('im_friends', { ownerUserID: owner })).toHaveLength(7);
      const { changes } = await logOf(im, 'friends', owner);
      expect(Object.keys(changes).sort()).toEqual(circle.filter((other) => other !== owner));
    }
    for (const other of circle.slice(1)) {
      expect(await im.rows('im_messages', { conversationID: `si_circle0_${other}` })).toHaveLength(1);
    }
  });

  it('who asks each other and agrees at the same time become friends once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const [ann, bob] = [`ann${round}`, `bob${round}`];
      await im.register(ann, bob);
      await Promise.all([
        post('/friend/add_friend', { fromUserID: ann, toUserID: bob }),
        post('/friend/add_friend', { fromUserID: bob, toUserID: ann }),
      ]);
      const codes = await Promise.all([
        post('/friend/add_friend_response', { fromUserID: ann, toUserID: bob, handleResult: 1 }),
        post('/friend/add_friend_response', { fromUserID: bob, toUserID: ann, handleResult: 1 }),
        importFriends(ann, [bob]),
      ]);
      expect(codes.slice(0, 2).sort()).toEqual([0, 1001]);
      expect(codes[2]).toBe(0);
      expect(await im.rows('im_friends', { ownerUserID: ann })).toHaveLength(1);
      expect(await im.rows('im_friends', { ownerUserID: bob })).toHaveLength(1);
      expect((await logOf(im, 'friends', ann)).version).toBe(1);
    }
  });

  it('one of many who block the same user does, and one who unblocks him tells of it', async () => {
    await im.register('owner', 'pest');
    const pair = { ownerUserID: 'owner', blackUserID: 'pest' };
    const codes = await Promise.all(Array.from({ length: 8 }, () => post('/friend/add_black', pair)));
    expect(codes.sort()).toEqual([0, ...Array.from({ length: 7 }, () => 1003)]);
    expect(await Promise.all(Array.from({ length: 8 }, () => post('/friend/remove_black', pair)))).toEqual(
      Array.from({ length: 8 }, () => 0),
    );
    expect(await logOf(im, 'blacks', 'owner')).toEqual({ version: 2, changes: { pest: 2 } });
  });

  it('nothing remains of who is deleted meanwhile', async () => {
    for (let round = 0; round < 6; round += 1) {
      const [leaver, rest] = [`leaver${round}`, [`x${round}`, `y${round}`, `z${round}`]];
      await im.register(leaver, ...rest);
      const codes = await Promise.all([
        importFriends(leaver, rest),
        post('/friend/add_black', { ownerUserID: rest[0], blackUserID: leaver }),
        post('/friend/add_friend', { fromUserID: leaver, toUserID: rest[1] }),
        im.v1('/manager/delete_user', { deleteUidList: [leaver] }, admin).then(({ body }) => body.errCode as number),
        post('/friend/add_friend', { fromUserID: rest[2], toUserID: leaver }),
        importFriends(rest[0], [leaver]),
      ]);
      for (const code of codes) expect([0, 1004, 1304]).toContain(code);
      for (const [table, column] of [
        ['im_friends', 'ownerUserID'],
        ['im_friends', 'friendUserID'],
        ['im_blacks', 'blackUserID'],
        ['im_friend_requests', 'fromUserID'],
        ['im_friend_requests', 'toUserID'],
      ] as const) {
        expect(await im.rows(table, { [column]: leaver }), `${table}.${column}`).toEqual([]);
      }
      for (const userID of rest) {
        for (const collection of ['friends', 'blacks'] as const) {
          const { changes } = await logOf(im, collection, userID);
          expect([undefined, 2]).toContain(changes[leaver]);
        }
      }
    }
  });
});
