import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemActor } from '../../../src/core/actor.js';
import { currentOperation, Operation, within } from '../../../src/core/operation.js';
import { ImEvents } from '../../../src/events/events.js';
import { type AcceptedMessage, MessagesAccepted } from '../../../src/messaging/message.events.js';
import { MessagesService } from '../../../src/messaging/messages.service.js';
import { UsersRegistered } from '../../../src/users/user.events.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';

describeOnEachDatabase('What a call causes carries its operationID', (database) => {
  let im: Im;
  let admin: string;
  let accepted: AcceptedMessage[];
  beforeEach(() => {
    accepted = [];
  });
  beforeAll(async () => {
    accepted = [];
    im = await startIm({ database });
    admin = await im.adminToken();
    await im.register('ann', 'bob', 'cid');
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', (event) => void accepted.push(...event.accepted));
  });
  afterAll(() => im?.close());

  const v3 = async (operationID: string, path: string, request: object): Promise<void> => {
    const { body } = await im.post(path, request, { operationID, token: admin });
    expect(body).toMatchObject({ errCode: 0 });
  };
  const text = (content: string, change: object = {}) => ({
    sendID: 'ann',
    recvID: 'bob',
    content: { content },
    contentType: 101,
    sessionType: 1,
    ...change,
  });
  /** Content types and operationIDs of what was accepted. */
  const told = () => accepted.map(({ message, operation: { operationID } }) => [message.contentType, operationID]);
  /** operationIDs by what was written. */
  const byText = () =>
    Object.fromEntries(
      accepted.map(({ message, operation: { operationID } }) => [JSON.parse(message.content).content, operationID]),
    );

  it('a message in v1', async () => {
    await im.v1('/manager/send_msg', { ...text(''), content: { text: 'hi' }, operationID: 'one' }, admin);
    await vi.waitFor(() => expect(told()).toEqual([[101, 'one']]));
  });

  it('a message in v3, stored or not', async () => {
    await v3('two', '/msg/send_msg', text('hi'));
    await v3('three', '/msg/send_msg', text('hi', { isOnlineOnly: true }));
    expect(told()).toEqual([
      [101, 'two'],
      [101, 'three'],
    ]);
  });

  it('what a host application sends on a registration, in each dialect', async () => {
    const greeted = { sendID: 'ann', sessionType: 1, contentType: 101, content: '{"content":"welcome"}' };
    im.get(ImEvents).on(UsersRegistered, 'in-transaction', async ({ users: [{ userID }] }) => {
      await im.get(MessagesService).send(systemActor(), { ...greeted, recvID: userID });
    });
    const secret = 'tuoyun';
    await im.v1('/auth/user_register', { secret, platform: 1, uid: 'v1', name: 'v1', operationID: 'first' });
    await im.v2('/auth/user_register', { secret, platform: 1, userID: 'v2', nickname: 'v2', operationID: 'second' });
    const users = [{ userID: 'v3', nickname: 'v3' }];
    await im.post('/user/user_register', { secret: 'openIM123', users }, { operationID: 'third' });
    expect(accepted.map(({ message, operation: { operationID } }) => [message.recvID, operationID])).toEqual([
      ['v1', 'first'],
      ['v2', 'second'],
      ['v3', 'third'],
    ]);
  });

  it('each of fifty that are stored together its own', async () => {
    const all = Array.from({ length: 50 }, (_, index) => `${index}`);
    await Promise.all(all.map((name) => v3(`op ${name}`, '/msg/send_msg', text(name))));
    expect(byText()).toEqual(Object.fromEntries(all.map((name) => [name, `op ${name}`])));
  });

  it('nothing that is sent outside of a request, though it is stored with what is', async () => {
    const send = (content: string) =>
      im.get(MessagesService).send(systemActor(), { ...text(''), content: JSON.stringify({ content }) });
    await Promise.all([
      within(new Operation('inside'), () => send('a')),
      send('b'),
      within(new Operation(''), () => send('c')),
    ]);
    expect(byText()).toEqual({ a: 'inside', b: '', c: '' });
    expect(currentOperation().operationID).toBe('');
  });

  it('nothing of the request that began the commit, what is heard after it', async () => {
    const seen: string[] = [];
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', () => void seen.push(currentOperation().operationID));
    await v3('beginner', '/msg/send_msg', text('hi'));
    expect(seen).toEqual(['']);
    expect(told()).toEqual([[101, 'beginner']]);
  });

  it('not when it is sent again: the first message is answered', async () => {
    await v3('again', '/msg/send_msg', text('once', { clientMsgID: 'once' }));
    await v3('and again', '/msg/send_msg', text('once', { clientMsgID: 'once' }));
    expect(byText()).toEqual({ once: 'again' });
  });

  it.each(['v1', 'v3'])('the notifications of a group that is created in %s', async (dialect) => {
    if (dialect === 'v1') {
      const memberList = ['ann', 'bob', 'cid'].map((uid, index) => ({ uid, setRole: index === 0 ? 1 : 0 }));
      await im.v1('/group/create_group', { memberList, groupName: 'team', operationID: 'team' }, admin);
    } else {
      const order = { ownerUserID: 'ann', memberUserIDs: ['bob', 'cid'], groupInfo: { groupType: 2 } };
      await v3('team', '/group/create_group', order);
    }
    expect(told()).toEqual([
      [1501, 'team'],
      [1501, 'team'],
    ]);
  });

  it('every message to everybody', async () => {
    const order = { sendID: 'ann', content: { content: 'all' }, contentType: 101, sessionType: 1, recvIDs: [] };
    await Promise.all(
      ['job 1', 'job 2'].map((content) =>
        v3(content, '/msg/batch_send_msg', { ...order, content: { content }, isSendAll: true }),
      ),
    );
    const users = (await im.rows('im_users', {})).length;
    await vi.waitFor(() => expect(accepted).toHaveLength(2 * users));
    expect(byText()).toEqual({ 'job 1': 'job 1', 'job 2': 'job 2' });
  });

  describe('a mention', () => {
    it('is told of under the sender’s, marked', async () => {
      const groupID = await im.group('ann', 'bob', 'cid');
      const other = await im.group('ann', 'bob');
      accepted = [];
      const at = (operationID: string, id: string, atUserList: string[]) => {
        const content = { text: 'look', atUserList, isAtSelf: false };
        return v3(operationID, '/msg/send_msg', {
          ...text(''),
          groupID: id,
          sessionType: 3,
          contentType: 106,
          content,
        });
      };
      await Promise.all([
        at('for bob', groupID, ['bob']),
        at('for cid', groupID, ['cid']),
        at('other', other, ['bob']),
      ]);
      const changes = accepted.filter(({ message }) => message.contentType === 1300);
      const marks = changes.map(({ message, operation: { operationID } }) => [
        message.recvID,
        operationID,
        JSON.parse(JSON.parse(message.content).detail).conversationIDList,
      ]);
      expect(marks.toSorted()).toEqual([
        ['bob', '@@@for bob', [`sg_${groupID}`]],
        ['bob', '@@@other', [`sg_${other}`]],
        ['cid', '@@@for cid', [`sg_${groupID}`]],
      ]);
      const messages = accepted.filter(({ message }) => message.contentType === 106);
      expect(messages.map(({ operation }) => operation.operationID).toSorted()).toEqual([
        'for bob',
        'for cid',
        'other',
      ]);
    });
  });
});
