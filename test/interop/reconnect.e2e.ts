import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Client, historyOf, newPage, quiet, say } from './support/client.js';
import { type Build, takeStrays } from './support/sdk.js';
import { chatOf, withOfficialSdk, World } from './support/world.js';

const CHAT = chatOf('ann', 'bob');
const LINES = 25;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

withOfficialSdk('The official SDK comes back', (database) => {
  let world: World;
  beforeAll(async () => {
    world = await World.start(database);
    await world.register('ann', 'bob');
  });
  afterAll(() => world.close());

  const texts = async (client: Client): Promise<string[]> =>
    (await historyOf(client, CHAT)).map(({ textElem }) => textElem.content);

  describe.each<Build>(['index.js', 'index.modern.mjs'])('in its build %s', (build) => {
    let ann: Client;
    let bob: Client;
    let said: string[];
    beforeAll(async () => {
      [ann, bob] = [await world.login('ann', { build }), await world.login('bob', { build })];
      await say(ann, { to: 'bob' }, `${build} begins`);
      await bob.text(`${build} begins`);
      said = await texts(bob);
      await newPage(ann, bob);
    });
    afterAll(() => Promise.all([ann.close(), bob.close()]));
    afterEach(async () => {
      await newPage(ann, bob);
      const strays = takeStrays();
      // Transpiled to ES5, the SDK cannot spread the map of what it missed; see README.md.
      if (build === 'index.modern.mjs') expect(strays).toEqual([]);
    });

    const expectNews = (client: Client, news: string[]) => {
      const heard = client.messages().map(({ textElem }) => textElem.content);
      expect(heard).toEqual(build === 'index.modern.mjs' ? news : []);
    };

    it('after its network failed, and finds what it missed', async () => {
      bob.cut();
      const missed = Array.from({ length: 4 }, (_, index) => `${build} missed ${index}`);
      await say(ann, { to: 'bob' }, ...missed);
      await bob.once('OnSyncServerFinish');
      expect(bob.names().slice(0, 2)).toEqual(['OnConnecting', 'OnConnectSuccess']);
      expectNews(bob, missed);
      said.push(...missed);
      expect(await texts(bob)).toEqual(said);
      expect(await texts(ann)).toEqual(said);

      await newPage(ann, bob);
      await say(ann, { to: 'bob' }, `${build} there again`);
      await bob.text(`${build} there again`);
      said.push(`${build} there again`);
    });

    it('after the server was killed and started again', async () => {
      await world.kill();
      await bob.event('OnConnectFailed');
      await expect(say(bob, { to: 'ann' }, 'lost')).rejects.toThrow('network error');
      await world.restart();
      for (const client of [ann, bob]) {
        await client.once('OnSyncServerFinish');
        expect(client.messages()).toEqual([]);
        expect(await texts(client)).toEqual(said);
      }

      await newPage(ann, bob);
      await say(bob, { to: 'ann' }, `${build} back`);
      await ann.text(`${build} back`);
      await quiet(bob);
      expect(bob.messages()).toEqual([]);
      said.push(`${build} back`);
    });
  });

  it('as often as its network fails, while everybody writes, and all agree in the end', async () => {
    await world.register('cid');
    const cid = await world.login('cid');
    const tokens = { ann: await world.tokenFor('ann'), bob: await world.tokenFor('bob') };
    const { groupID } = await cid.call('createGroup', {
      memberUserIDs: ['ann', 'bob'],
      groupInfo: { groupName: 'storm' },
    });
    await newPage(cid);
    const acknowledged: string[] = [];
    const current = new Map<string, Client>();

    /** Writes on, as an app does whose sending did not come back: it starts the SDK anew. */
    const write = async (userID: 'ann' | 'bob'): Promise<void> => {
      for (let line = 0; line < LINES; line += 1) {
        const client = current.get(userID) ?? (await world.connect(userID, tokens[userID]));
        current.set(userID, client);
        const text = `${userID} ${line}`;
        const gaveUp = pause(2_000).then(() => false);
        const sent = say(client, { groupID }, text).then(
          () => true,
          () => false,
        );
        if (await Promise.race([sent, gaveUp])) acknowledged.push(text);
        else {
          current.delete(userID);
          await client.close();
        }
        await pause(20);
      }
    };
    const cutting = setInterval(() => {
      for (const client of current.values()) if (Math.random() < 0.3) client.cut();
    }, 500);
    await Promise.all([write('ann'), write('bob')]);
    clearInterval(cutting);
    expect(acknowledged.length).toBeGreaterThan(0);

    const phones = await Promise.all(['ann', 'bob', 'cid'].map((userID) => world.login(userID, { platformID: 2 })));
    const histories = await Promise.all(phones.map((phone) => historyOf(phone, `sg_${groupID}`)));
    const essence = (messages: any[]) => messages.map(({ seq, clientMsgID }) => [seq, clientMsgID]);
    for (const history of histories) expect(essence(history)).toEqual(essence(histories[0]));
    const lines: string[] = histories[0].flatMap(({ textElem }) => textElem?.content ?? []);
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines).toEqual(expect.arrayContaining(acknowledged));
    for (const userID of ['ann', 'bob']) {
      const numbers = lines.flatMap((line) => (line.startsWith(userID) ? Number(line.slice(4)) : []));
      expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    }
    // Cid's network never failed: he heard all of it, once, in order.
    await quiet(cid);
    expect(cid.messages().map(({ textElem }) => textElem?.content)).toEqual(lines);
    takeStrays();
    await Promise.all([cid, ...current.values(), ...phones].map((client) => client.close()));
  });
});
