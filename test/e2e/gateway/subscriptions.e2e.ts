import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OnlineStatus } from '../../../src/gateway/online-status.js';
import { Presence } from '../../../src/presence/presence.js';
import { protobufType } from '../../../src/protobuf/protobuf.js';
import type { Im } from '../../support/im.js';
import { connectOn, tokenBeside } from '../../support/logins.js';
import { describeOnEachDatabase, startIm } from '../../support/server.js';
import type { ServerFrame, SocketClient, SocketOptions } from '../../support/socket.js';

/** A user's platforms as 2005 tells of them. */
type Told = [userID: string, ...platforms: number[]];

describeOnEachDatabase('Watching who is online', (database) => {
  let im: Im;
  let count = 0;
  let open: SocketClient[] = [];
  /** Users of a test's own. */
  let ann: string;
  let bob: string;
  let cid: string;
  beforeAll(async () => {
    im = await startIm({ database });
  });
  beforeEach(async () => {
    count += 1;
    [ann, bob, cid] = ['ann', 'bob', 'cid'].map((name) => `${name}${count}`);
    await im.register(ann, bob, cid);
    return async () => {
      await Promise.all(open.map((socket) => socket.close()));
      open = [];
    };
  });
  afterAll(() => im.close());

  const connect = async (userID: string, platformID = 1, options: SocketOptions & { token?: string } = {}) => {
    const socket = await connectOn(im, userID, platformID, options);
    open.push(socket);
    return socket;
  };
  const toldIn = ({ data }: ServerFrame): Told[] =>
    ((protobufType('SubUserOnlineStatusTips').decode(data) as any).subscribers ?? []).map(
      ({ userID, onlinePlatformIDs = [] }: any) => [userID, ...onlinePlatformIDs],
    );
  const watch = async (socket: SocketClient, add: string[], remove: string[] = []): Promise<Told[]> => {
    const frame = await socket.ask(2005, { subscribeUserID: add, unsubscribeUserID: remove });
    expect(frame.errCode).toBe(0);
    return toldIn(frame);
  };
  const heard = (socket: SocketClient): Told[] =>
    socket.statuses.map(({ userID, onlinePlatformIDs = [] }) => [userID, ...onlinePlatformIDs]);
  const untilHeard = (socket: SocketClient, userID: string, ...platforms: number[]) =>
    socket.until(() => heard(socket).some((told) => told.join() === [userID, ...platforms].join()), `${userID} change`);
  /** Lets something be told that every earlier change is told before; the socket must watch this user. */
  const mark = async (...sockets: SocketClient[]): Promise<void> => {
    await im.online('marker', 11);
    await Promise.all(sockets.map((socket) => untilHeard(socket, 'marker', 11)));
    const [connection] = (await im.get(Presence).connections(['marker'])).get('marker') ?? [];
    im.get(Presence).disconnected('marker', connection.connID);
  };
  const withoutMarker = (socket: SocketClient) => heard(socket).filter(([userID]) => userID !== 'marker');

  describe.each(['json', 'gob'] as const)('over %s', (codec) => {
    it('answers how all are who were asked for', async () => {
      await Promise.all([connect(bob, 5), connect(bob, 2)]);
      const socket = await connect(ann, 1, { codec });
      expect(await watch(socket, [bob, cid, 'nobody'])).toEqual([[bob, 2, 5], [cid], ['nobody']]);
      expect(await watch(socket, [bob, ann, bob])).toEqual([
        [bob, 2, 5],
        [ann, 1],
      ]);
    });

    it('tells of each change once, with the whole list, in a push of its own', async () => {
      const socket = await connect(ann, 1, { codec });
      await watch(socket, [bob, 'marker']);
      const phone = await connect(bob, 2);
      await untilHeard(socket, bob, 2);
      const web = await connect(bob, 5);
      await untilHeard(socket, bob, 2, 5);
      await phone.close();
      await untilHeard(socket, bob, 5);
      await web.close();
      await untilHeard(socket, bob);
      await connect(cid, 1);
      await mark(socket);
      expect(withoutMarker(socket)).toEqual([[bob, 2], [bob, 2, 5], [bob, 5], [bob]]);
      for (const push of socket.pushes) {
        expect(push).toMatchObject({ reqIdentifier: 2005, msgIncr: '', operationID: '', errCode: 0, errMsg: '' });
        expect(toldIn(push)).toHaveLength(1);
      }
    });

    it('says nothing of what changes no platform', async () => {
      const token = await tokenBeside(im, bob, 2);
      const first = await connect(bob, 2, { token });
      const socket = await connect(ann, 1, { codec });
      await watch(socket, [bob, 'marker']);
      const second = await connect(bob, 2, { token });
      await second.get(2004, { userID: bob, isBackground: true });
      await first.close();
      await mark(socket);
      expect(withoutMarker(socket)).toEqual([]);
    });

    it('takes who comes back at once for never gone', async () => {
      await connect(bob, 2);
      const socket = await connect(ann, 1, { codec });
      await watch(socket, [bob, cid, 'marker']);
      const presence = im.get(Presence);
      const [{ connID }] = (await presence.connections([bob])).get(bob) ?? [];
      presence.disconnected(bob, connID);
      void presence.connected(cid, 5, 'glimpse');
      presence.disconnected(cid, 'glimpse');
      void presence.connected(bob, 2, connID);
      await mark(socket);
      expect(withoutMarker(socket)).toEqual([]);
    });

    it('ends for whom it is ended, and a user in both lists is watched', async () => {
      const socket = await connect(ann, 1, { codec });
      await watch(socket, [bob, cid, 'marker']);
      expect(await watch(socket, [], [bob])).toEqual([]);
      expect(await watch(socket, [cid], [cid, 'nobody'])).toEqual([[cid]]);
      await Promise.all([connect(bob, 2), connect(cid, 2)]);
      await mark(socket);
      expect(withoutMarker(socket)).toEqual([[cid, 2]]);
    });
  });

  it('never sends a JSON client empty data', async () => {
    const socket = await connect(ann);
    await watch(socket, [bob]);
    const bare = { reqIdentifier: 2005, errCode: 0 };
    const raw: string[] = [];
    socket.socket.on('message', (data: Buffer, isBinary) => isBinary && raw.push(JSON.parse(data.toString()).data));
    expect(await socket.ask(2005, { unsubscribeUserID: [bob] })).toMatchObject(bare);
    expect(await socket.ask(2005, {})).toMatchObject(bare);
    expect(raw).toHaveLength(2);
    for (const data of raw) expect(data).toMatch(/^[\w+/]+=*$/);
  });

  it('belongs to the connection and is gone with it', async () => {
    const [first, other] = [await connect(ann, 1), await connect(ann, 5)];
    await watch(first, [bob, 'marker']);
    await watch(other, ['marker']);
    await first.close();
    const again = await connect(ann, 1);
    await watch(again, ['marker']);
    await connect(bob, 2);
    await mark(other, again);
    expect([withoutMarker(other), withoutMarker(again)]).toEqual([[], []]);
    await Promise.all([other.close(), again.close()]);
    // Nobody watches, nothing is kept.
    const { watchers } = im.get(OnlineStatus) as unknown as { watchers: Map<string, unknown> };
    await vi.waitFor(() => expect([...watchers.keys()]).toEqual([]), 15_000);
  });

  it('is not begun any more for who has gone before his turn', async () => {
    const socket = await connect(ann);
    const sent = Array.from({ length: 10 }, (_, i) => socket.say({ recvID: cid }, `${i}`).catch(() => undefined));
    const asked = socket.ask(2005, { subscribeUserID: [bob] }).catch(() => undefined);
    await sent[0];
    socket.socket.terminate();
    await Promise.all([...sent, asked]);
    const stored = () => im.rows('im_messages', { sendID: ann, contentType: 101 });
    // What he wrote before is sent all the same.
    await vi.waitFor(async () => expect(await stored()).toHaveLength(10), 15_000);
    const barrier = await connect(cid);
    await barrier.get(1001, { userID: cid });
    const { watchers } = im.get(OnlineStatus) as unknown as { watchers: Map<string, unknown> };
    expect([...watchers.keys()]).toEqual([]);
  });

  it('is for three thousand at most', async () => {
    const socket = await connect(ann);
    const many = Array.from({ length: 3_000 }, (_, i) => `w${i}`);
    const refused = { errCode: 1001, errMsg: 'ArgsError' };
    expect(await socket.ask(2005, { subscribeUserID: [...many, bob] })).toMatchObject(refused);
    expect(await watch(socket, many)).toHaveLength(3_000);
    expect(await socket.ask(2005, { subscribeUserID: [bob] })).toMatchObject(refused);
    expect(await watch(socket, [bob, 'marker'], ['w0', 'w1'])).toEqual([[bob], ['marker']]);
    await connect(bob, 2);
    await mark(socket);
    expect(withoutMarker(socket)).toEqual([[bob, 2]]);
  });

  it('begun by REST is told on all connections of who asked, once each', async () => {
    const [phone, web] = [await connect(ann, 1), await connect(ann, 5, { codec: 'gob' })];
    const token = await tokenBeside(im, ann, 1);
    const subscribe = (genre: number, ...userIDs: string[]) =>
      im.v3('/user/subscribe_users_status', { userID: ann, userIDs, genre }, token);
    const { body } = await subscribe(1, bob, 'marker');
    expect(body.data.statusList).toMatchObject([{ userID: bob, status: 0 }, { userID: 'marker' }]);
    await watch(phone, [bob]);
    await connect(bob, 2);
    await Promise.all([untilHeard(phone, bob, 2), untilHeard(web, bob, 2)]);
    const late = await connect(ann, 2);
    const second = await connect(bob, 5);
    await Promise.all([phone, web, late].map((socket) => untilHeard(socket, bob, 2, 5)));
    await watch(phone, [], [bob]);
    await subscribe(2, bob);
    await second.close();
    await mark(phone, web, late);
    expect(withoutMarker(phone)).toEqual([
      [bob, 2],
      [bob, 2, 5],
    ]);
    expect(withoutMarker(web)).toEqual(withoutMarker(phone));
    expect(withoutMarker(late)).toEqual([[bob, 2, 5]]);
    await subscribe(2, 'marker');
  });
});
