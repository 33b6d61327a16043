import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Audience, inBrief } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { ServerFrame } from '../../support/socket.js';

type To = { recvID: string } | { groupID: string };

const RECENT = Date.now();
const base64 = (text: string | Buffer): string => Buffer.from(text).toString('base64');
const REFUSED = [1001, 'ArgsError'] as const;
const NOT_PERMITTED = [1002, 'NoPermissionError'] as const;
const NOT_FOUND = [1004, 'RecordNotFoundError'] as const;

describeOnEachDatabase('A message over a socket', (database) => {
  let im: Im;
  let audience: Audience;
  /** Names in the tables below, and what they stand for. */
  const groups: Record<string, string> = {};

  beforeAll(async () => {
    im = await startIm({ database });
    const users = [{ userID: 'deaf', nickname: 'deaf', globalRecvMsgOpt: 1 }];
    await im.v3('/user/user_register', { secret: 'openIM123', users });
    audience = await Audience.begin(im, 'ann', 'bob', 'shy', 'cool', 'olga', 'gus', 'mia', 'zoe');
    await audience.as('shy', '/friend/add_black', { ownerUserID: 'shy', blackUserID: 'ann' });
    await audience.of('ann').say({ recvID: 'cool' }, 'before');
    await audience.as('cool', '/conversation/set_conversations', {
      userIDs: ['cool'],
      conversation: { conversationID: 'si_ann_cool', conversationType: 1, userID: 'ann', recvMsgOpt: 1 },
    });
    for (const name of ['open', 'still', 'gone']) {
      const { groupInfo } = await audience.as('olga', '/group/create_group', {
        ownerUserID: 'olga',
        adminUserIDs: ['gus'],
        memberUserIDs: ['ann', 'mia'],
        groupInfo: { groupName: name, groupType: 2 },
      });
      groups[name] = groupInfo.groupID;
    }
    await audience.as('olga', '/group/mute_group_member', {
      groupID: groups['open'],
      userID: 'mia',
      mutedSeconds: 600,
    });
    await audience.as('olga', '/group/mute_group', { groupID: groups['still'] });
    await audience.as('olga', '/group/dismiss_group', { groupID: groups['gone'] });
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(() => audience.settle());

  const to = (name: string): To =>
    name.startsWith('#') ? { groupID: groups[name.slice(1)] ?? name.slice(1) } : { recvID: name };

  /** What would differ if anything had been stored. */
  async function everything(): Promise<object> {
    const stored = await Promise.all(
      ['im_messages', 'im_sequences', 'im_conversations', 'im_read_positions', 'im_versions'].map((table) =>
        im.rows(table, {}),
      ),
    );
    return stored.map((rows) => rows.map((row) => JSON.stringify(row)).sort());
  }

  async function expectRefused(
    say: () => Promise<ServerFrame>,
    [errCode, errMsg]: readonly [number, string],
  ): Promise<void> {
    const before = await everything();
    const { data, ...answer } = await say();
    expect(answer).toMatchObject({ reqIdentifier: 1003, operationID: 'op', errCode, errMsg });
    expect(data).toHaveLength(0);
    expect(await everything()).toEqual(before);
    expect(inBrief(await audience.heard())).toEqual({});
  }

  describe('is refused, stored nowhere and pushed to nobody', () => {
    it.each<[string, string, string, object, readonly [number, string]]>([
      ['to who blocks the sender', 'ann', 'shy', {}, [1302, 'BlockedByPeer']],
      ['to who receives nothing', 'ann', 'deaf', {}, REFUSED],
      ['to who receives nothing in this conversation', 'ann', 'cool', {}, REFUSED],
      ['typing, to who blocks the sender', 'ann', 'shy', { contentType: 113 }, [1302, 'BlockedByPeer']],
      ['to nobody who is registered', 'ann', 'ghost', {}, NOT_FOUND],
      ['to a group that is none', 'ann', '#ghosts', {}, NOT_FOUND],
      ['to a group of others', 'zoe', '#open', {}, [1203, 'NotInGroupYetError']],
      ['of a muted member', 'mia', '#open', {}, [1402, 'MutedInGroup']],
      ['in a muted group', 'ann', '#still', {}, [1403, 'MutedGroup']],
      ['in a group that ended', 'ann', '#gone', {}, [1204, 'DismissedAlreadyError']],
      ['in a group that ended, of its owner', 'olga', '#gone', {}, [1204, 'DismissedAlreadyError']],
      ["in somebody else's name", 'ann', 'bob', { sendID: 'zoe' }, NOT_PERMITTED],
      ["in somebody else's name, to a group of his", 'zoe', '#open', { sendID: 'ann' }, NOT_PERMITTED],
      ['without a name', 'ann', 'bob', { sendID: '' }, REFUSED],
      ['as the server’s, the first', 'ann', 'bob', { contentType: 1000 }, NOT_PERMITTED],
      ['as the server’s, about a group', 'ann', '#open', { contentType: 1501 }, NOT_PERMITTED],
      ['as the server’s, a revocation', 'ann', 'bob', { contentType: 2101 }, NOT_PERMITTED],
      ['as the server’s, a receipt', 'ann', 'bob', { contentType: 2200 }, NOT_PERMITTED],
      ['as the server’s, the last', 'ann', 'bob', { contentType: 5000 }, NOT_PERMITTED],
      ['as a notification', 'ann', 'bob', { options: { isNotNotification: false } }, NOT_PERMITTED],
      ['as a notification to a group', 'ann', '#open', { options: { isNotNotification: false } }, NOT_PERMITTED],
      ['as of a notification account', 'ann', 'bob', { sessionType: 4, contentType: 1400 }, NOT_PERMITTED],
      ['of session type 4, without being one', 'ann', 'bob', { sessionType: 4 }, REFUSED],
      ['to a group of the old kind', 'ann', '#open', { sessionType: 2 }, REFUSED],
      ['of an unknown session type', 'ann', 'bob', { sessionType: 7 }, REFUSED],
      ['without session type', 'ann', 'bob', { sessionType: 0 }, REFUSED],
      ['without content type', 'ann', 'bob', { contentType: 0 }, REFUSED],
      ['without content', 'ann', 'bob', { content: '' }, REFUSED],
      ['with a content that is no text', 'ann', 'bob', { content: base64(Buffer.of(0x7b, 0xff, 0x7d)) }, REFUSED],
      ['with NUL in its content', 'ann', 'bob', { content: base64('{"content":"\0"}') }, REFUSED],
      ['without receiver', 'ann', '', {}, REFUSED],
      ['with very many switches', 'ann', 'bob', { options: manyOptions() }, REFUSED],
      ['of a time that is in other units', 'ann', 'bob', { createTime: RECENT * 1_000 }, REFUSED],
    ])('%s', async (_which, sender, receiver, change, error) => {
      await expectRefused(() => audience.of(sender).say(to(receiver), 'x', change, { operationID: 'op' }), error);
    });

    it('as data that are no message', async () => {
      for (const data of [Buffer.from('hello'), Buffer.of(0x0a, 0x7f), Buffer.of(0xff)]) {
        await expectRefused(() => audience.of('ann').ask(1003, data, { operationID: 'op' }), REFUSED);
      }
      await expectRefused(() => audience.of('bob').ask(1003, new Uint8Array(), { operationID: 'op' }), REFUSED);
    });
  });

  it.each([
    ['of who is blocked, to others', 'ann', 'bob'],
    ['of who blocks, to whom he blocks', 'shy', 'ann'],
    ['of others, in the group of a muted member', 'ann', '#open'],
    ['of the owner of a muted group', 'olga', '#still'],
    ['of an administrator of a muted group', 'gus', '#still'],
    ['to oneself', 'bob', 'bob'],
  ])('%s, passes', async (_which, sender, receiver) => {
    const answer = await audience.of(sender).say(to(receiver), 'yes');
    expect(answer).toMatchObject({ errCode: 0, errMsg: '' });
    const heard = inBrief(await audience.heard());
    const listening = receiver.startsWith('#') ? ['olga', 'gus', 'mia', 'ann'] : [sender, receiver];
    expect(heard).toEqual(Object.fromEntries(listening.map((userID) => [userID, '+101'])));
  });
});

describeOnEachDatabase('Where only friends write to each other, a message over a socket', (database) => {
  it('reaches friends, and is refused to others', async () => {
    const im = await startIm({ database, env: { FRIEND_VERIFY: 'true' } });
    const audience = await Audience.begin(im, 'ann', 'bob');
    const say = () => audience.of('ann').say({ recvID: 'bob' }, 'hello');
    expect(await say()).toMatchObject({ errCode: 1303, errMsg: 'NotPeersFriend' });
    expect(inBrief(await audience.heard())).toEqual({});
    expect(await im.rows('im_messages', {})).toEqual([]);
    await audience.as('admin', '/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: ['bob'] });
    await audience.settle();
    expect(await say()).toMatchObject({ errCode: 0 });
    expect(inBrief(await audience.heard())).toEqual({ ann: '+101', bob: '+101' });
    await audience.close();
    await im.close();
  });
});

function manyOptions(): Record<string, boolean> {
  return Object.fromEntries(Array.from({ length: 33 }, (_, index) => [`o${'x'.repeat(index)}`, true]));
}
