import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { type Client, type Receiver, SOON } from '../support/client.js';
import type { World } from '../support/world.js';

const texts = (history: any[]): string[] => history.map(({ textElem }) => textElem?.content).filter(Boolean);

/** Lost servers and lost lines. */
export function outages(world: () => World): void {
  it('reconnects after the server was killed, and misses nothing', async () => {
    const [ole, oli] = await world().enter('ole', 'oli');
    await ole.text({ recvID: 'oli' }, 'before');
    await oli.journal.waitFor('OnRecvNewMessages');
    oli.line.goDown();
    await ole.text({ recvID: 'oli' }, 'oli is away');
    await world().kill();
    await ole.journal.waitFor('OnConnecting');
    await world().start();
    await ole.journal.waitFor('OnConnectSuccess');
    oli.journal.forget();
    oli.line.goUp();
    await oli.journal.waitFor('OnConnectSuccess');
    await ole.text({ recvID: 'oli' }, 'back again');
    await expect
      .poll(async () => texts(await oli.history('si_ole_oli')), SOON)
      .toEqual(['before', 'oli is away', 'back again']);
    expect(await oli.conversation({ recvID: 'ole' })).toMatchObject({ unreadCount: 3 });
    await Promise.all([ole.close(), oli.close()]);
  });

  it('loses nothing and doubles nothing while three users write and their lines are cut', async () => {
    const clients = await world().enter('oda', 'olaf', 'otto');
    const [oda] = clients;
    const groupInfo = { groupType: 2, groupName: 'shaky' };
    const { groupID } = await oda.call('createGroup', { memberUserIDs: ['olaf', 'otto'], groupInfo });
    for (const { journal } of clients) await journal.waitFor('OnJoinedGroupAdded');

    const receivers = (author: Client): Receiver[] => [
      { groupID },
      ...clients.filter((other) => other !== author).map(({ userID }) => ({ recvID: userID })),
    ];
    const acknowledged = new Set<string>();
    const written = new AbortController();
    const write = async (author: Client): Promise<void> => {
      for (let n = 0; !written.signal.aborted; n += 1) {
        const to = receivers(author)[n % 3];
        const message = await author.call('createTextMessage', `${author.userID} ${n}`);
        // Who is cut off resends by hand, as an app offers it; the same clientMsgID, so it stays one message.
        for (let tries = 0; tries < 10; tries += 1) {
          try {
            await author.call('sendMessage', { recvID: '', groupID: '', ...to, message });
            acknowledged.add(message.clientMsgID);
            break;
          } catch {
            await sleep(300);
          }
        }
      }
    };
    const cutting = (async () => {
      for (let cut = 0; cut < 12; cut += 1) {
        await sleep(500 + Math.random() * 1500);
        clients[cut % 3].line.cut();
      }
      written.abort();
    })();
    await Promise.all([cutting, ...clients.map(write)]);
    for (const client of clients) await expect.poll(() => client.call('getLoginStatus'), SOON).toBe(3);
    // A core that has synchronised within 5 s does not when it reconnects; it learns what it missed from the next message.
    await sleep(6_000);
    for (const author of clients) for (const to of receivers(author)) await author.text(to, 'the end');
    await sleep(6_000);

    const chats = [[`sg_${groupID}`, clients], ...pairs(clients)];
    const everything: string[] = [];
    for (const [conversationID, members] of chats) {
      const histories = await Promise.all(
        members.map(async (member) =>
          (await member.history(conversationID)).map(({ clientMsgID, seq }) => [clientMsgID, seq]),
        ),
      );
      for (const history of histories) expect(history, conversationID).toEqual(histories[0]);
      const seqs = histories[0].map(([, seq]) => seq);
      expect(seqs, conversationID).toEqual(seqs.map((_, index) => index + 1));
      everything.push(...histories[0].map(([clientMsgID]) => clientMsgID as string));
    }
    expect(new Set(everything).size).toBe(everything.length);
    expect([...acknowledged].filter((id) => !everything.includes(id))).toEqual([]);
    expect(acknowledged.size).toBeGreaterThan(30);
    await Promise.all(clients.map((client) => client.close()));
  }, 180_000);
}

function pairs(clients: readonly Client[]): [string, Client[]][] {
  return clients.flatMap((one, index) =>
    clients
      .slice(index + 1)
      .map((other): [string, Client[]] => [`si_${[one.userID, other.userID].sort().join('_')}`, [one, other]]),
  );
}
