import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HistoryTalk, historyTalk, noPermission, SUCCESS } from '../../support/history.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

const ID = 'si_p_q_r';
const OTHERS = { deleteSyncOpt: { IsSyncOther: true } };

describeOnEachDatabase('v3 two pairs of users whose conversation has one ID', (database) => {
  let im: Im;
  let talk: HistoryTalk;

  beforeAll(async () => {
    im = await startIm({ database });
    talk = historyTalk(im);
    await im.register('p', 'q_r', 'p_q', 'r');
    await talk.say('p', { recvID: 'q_r' }, { content: '{"content":"first"}' });
    for (const content of ['second', 'third']) {
      await talk.say('p_q', { recvID: 'r' }, { content: JSON.stringify({ content }) });
    }
    await talk.say('r', { recvID: 'p_q' }, { content: '{"content":"answer"}' });
  });
  afterAll(() => im.close());

  it('all four have it, each with his own peer', async () => {
    const rows = await im.rows('im_conversations', { conversationID: ID });
    expect(Object.fromEntries(rows.map((row) => [row.ownerUserID, row.userID]))).toEqual({
      p: 'q_r',
      q_r: 'p',
      p_q: 'r',
      r: 'p_q',
    });
    const { data } = await talk.call('r', '/conversation/get_all_conversations', { ownerUserID: 'r' });
    expect(data.conversations.map((one: any) => [one.conversationID, one.userID])).toEqual([[ID, 'p_q']]);
  });

  it('each pair reads what it wrote, and nothing else', async () => {
    for (const userID of ['p', 'q_r']) expect(await talk.texts(userID, ID)).toEqual(['first', '-', '-', '-']);
    for (const userID of ['p_q', 'r']) expect(await talk.texts(userID, ID)).toEqual(['-', 'second', 'third', 'answer']);
  });

  it("marks nobody else's messages read", async () => {
    const read = { conversationID: ID, userID: 'q_r', hasReadSeq: 4 };
    expect(await talk.call('q_r', '/msg/mark_conversation_as_read', read)).toEqual(SUCCESS);
    const rows = await im.rows('im_messages', { conversationID: ID });
    const marked = rows.filter(({ isRead }) => Number(isRead) !== 0).map(({ seq }) => Number(seq));
    expect(marked).toEqual([1]);
  });

  describe('clearing', () => {
    const clear = (path: string, userID: string, more: object) =>
      talk.call(userID, path, { userID, conversationIDs: [ID], ...more });
    const lowest = async () => Number((await im.rows('im_sequences', { conversationID: ID }))[0].minSeq);

    it('for everybody is refused, also when the others deleted theirs', async () => {
      const refused = noPermission('others have a conversation of this ID');
      expect(await clear('/msg/clear_conversation_msg', 'p', OTHERS)).toEqual(refused);
      for (const userID of ['p_q', 'r']) {
        const body = { ownerUserID: userID, conversationIDs: [ID] };
        expect(await talk.call(userID, '/conversation/delete_conversations', body)).toMatchObject({ errCode: 0 });
      }
      expect(await clear('/msg/clear_conversation_msg', 'p', OTHERS)).toEqual(refused);
      expect(await lowest()).toBe(0);
    });

    it('of all conversations is for oneself there', async () => {
      expect(await clear('/msg/user_clear_all_msg', 'p', OTHERS)).toEqual(SUCCESS);
      expect(await lowest()).toBe(0);
      expect(await talk.pull('p', ID)).toBeUndefined();
      expect(await talk.texts('q_r', ID)).toEqual(['first', '-', '-', '-']);
    });

    it('for everybody goes on where only the ID could be shared', async () => {
      await im.register('x_y', 'z');
      await talk.say('x_y', { recvID: 'z' });
      const body = { userID: 'z', conversationIDs: ['si_x_y_z'], ...OTHERS };
      expect(await talk.call('z', '/msg/clear_conversation_msg', body)).toEqual(SUCCESS);
      expect(await talk.pull('x_y', 'si_x_y_z')).toBeUndefined();
    });
  });
});
