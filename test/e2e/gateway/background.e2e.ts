import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Audience } from '../../support/audience.js';
import type { Im } from '../../support/im.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { SocketClient } from '../../support/socket.js';

const IOS = 1;
const IPAD = 9;

describeOnEachDatabase('An app over a socket', (database) => {
  let im: Im;
  let audience: Audience;
  let serial = 0;
  let ann: string;

  beforeAll(async () => {
    im = await startIm({ database });
    audience = await Audience.begin(im, 'bob');
  });
  afterAll(async () => {
    await audience.close();
    await im.close();
  });
  beforeEach(async () => {
    serial += 1;
    ann = `ann${serial}`;
    await im.register(ann);
  });

  const say = async (text: string): Promise<void> => {
    expect((await audience.of('bob').say({ recvID: ann }, text)).errCode).toBe(0);
  };
  /** Waits until a device of this user has heard it: then all of them have, or will not. */
  const heardBy = (client: SocketClient, text: string) => client.pushOf(101, ({ content }) => content.content === text);
  const background = (client: SocketClient, isBackground: boolean) =>
    client.ask(2004, { userID: client.userID, isBackground });

  describe('that goes to the background (2004)', () => {
    it.each([
      [IOS, 'json'],
      [IOS, 'gob'],
    ] as const)('hears nothing on platform %i (%s) until it is back', async (platformID, codec) => {
      const phone = await audience.connect(ann, { platformID, codec });
      const tablet = await audience.connect(ann, { platformID: IPAD });
      await say('one');
      await heardBy(phone, 'one');
      expect(await background(phone, true)).toMatchObject({ reqIdentifier: 2004, errCode: 0, errMsg: '' });
      await say('two');
      await audience.as('bob', '/friend/add_friend', { fromUserID: 'bob', toUserID: ann, reqMsg: 'hi' });
      await tablet.pushOf(1203);
      expect(await background(phone, false)).toMatchObject({ errCode: 0 });
      await say('three');
      await heardBy(phone, 'three');
      expect(phone.heard).toEqual(['one', 'three']);
      expect(phone.pushed.map(({ contentType }) => contentType)).toEqual([101, 101]);
      expect(tablet.heard).toEqual(['one', 'two', 'three']);
      const { maxSeqs } = await phone.get(1001, { userID: ann });
      expect(Object.values(maxSeqs)).toContain(3);
    });

    it('is answered still', async () => {
      const phone = await audience.connect(ann, { platformID: IOS });
      await background(phone, true);
      await say('kept');
      const conversationID = `si_${ann}_bob`;
      const { msgs } = await phone.get(1005, { userID: ann, conversations: [{ conversationID, seqs: [1] }] });
      expect(msgs[conversationID].Msgs).toHaveLength(1);
    });

    it.each([2, 3, 4, 5, 6, 7, 8, 9, 11])('hears all the same on platform %i', async (platformID) => {
      const client = await audience.connect(ann, { platformID });
      await background(client, true);
      await say('one');
      await background(client, false);
      await say('two');
      await heardBy(client, 'two');
      expect(client.heard).toEqual(['one', 'two']);
    });

    it('is one device: the others hear on', async () => {
      const [first, second] = [await audience.connect(ann), await audience.connect(ann, { codec: 'gob' })];
      await background(first, true);
      await say('one');
      await heardBy(second, 'one');
      await background(first, false);
      await say('two');
      await heardBy(first, 'two');
      expect(first.heard).toEqual(['two']);
    });

    it('names nobody else: who it is about is who asks', async () => {
      const phone = await audience.connect(ann);
      const other = await audience.connect('bob');
      await other.ask(2004, { userID: ann, isBackground: true });
      await say('one');
      await heardBy(phone, 'one');
      expect(other.heard).toEqual([]);
      await other.close();
    });
  });

  it('that connects in the background hears nothing until it comes to the front', async () => {
    const phone = await audience.connect(ann, { isBackground: 'true' });
    const android = await audience.connect(ann, { platformID: 2, isBackground: 'true' });
    await say('one');
    await heardBy(android, 'one');
    await background(phone, false);
    await say('two');
    await heardBy(phone, 'two');
    expect(phone.heard).toEqual(['two']);
    expect(android.heard).toEqual(['one', 'two']);
  });

  describe('that logs out (2003)', () => {
    const pushTokens = async (): Promise<number[]> => {
      const rows = await im.rows('im_push_tokens', { userID: ann });
      return rows.map(({ platformID }) => Number(platformID)).sort();
    };

    it.each(['json', 'gob'] as const)('is answered, and its connection ended (%s)', async (codec) => {
      const client = await audience.connect(ann, { codec });
      const other = await audience.connect(ann, { platformID: 2 });
      for (const platformID of [1, 2]) {
        await audience.as(ann, '/third/fcm_update_token', { account: ann, platformID, fcmToken: `push ${platformID}` });
      }
      expect(await pushTokens()).toEqual([1, 2]);
      const answer = await client.ask(2003, { userID: ann, platformID: IOS }, { operationID: 'bye' });
      expect(answer).toMatchObject({ reqIdentifier: 2003, operationID: 'bye', errCode: 0, errMsg: '' });
      await client.ended();
      expect(await pushTokens()).toEqual([2]);
      expect(other.closed).toBeUndefined();
      const back = await audience.connect(ann, { codec });
      expect(back.outcome.errCode).toBe(0);
      expect((await im.v3('/msg/newest_seq', { userID: ann }, await audience.tokenOf(ann))).body.errCode).toBe(0);
    });

    it('answers what it asked before, and nothing of what it asks after', async () => {
      const client = await audience.connect(ann);
      const asked = [client.ask(1001, { userID: ann }), client.say({ recvID: 'bob' }, 'last words')];
      const bye = client.ask(2003, { userID: ann, platformID: IOS });
      const late = client.ask(1001, { userID: ann });
      await expect(late).rejects.toThrow('closed');
      for (const answer of await Promise.all(asked)) expect(answer.errCode).toBe(0);
      expect((await bye).errCode).toBe(0);
      expect(client.frames.filter(({ reqIdentifier }) => reqIdentifier < 2001)).toHaveLength(2);
    });

    it('takes away its own push token alone, whoever it names', async () => {
      const client = await audience.connect('bob', { platformID: 2 });
      for (const userID of [ann, 'bob']) {
        await audience.as(userID, '/third/fcm_update_token', { account: userID, platformID: 2, fcmToken: userID });
      }
      await client.ask(2003, { userID: ann, platformID: 2 });
      await client.ended();
      expect(await pushTokens()).toEqual([2]);
      expect(await im.rows('im_push_tokens', { userID: 'bob' })).toEqual([]);
    });
  });
});
