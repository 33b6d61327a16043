import { setImmediate as nextTurn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { TokenKicked } from '../access/access.errors.js';
import type { TokensService } from '../access/tokens.service.js';
import { Measures } from '../core/measures.js';
import type { ImSettings } from '../core/settings.js';
import { NoBus } from '../cluster/bus.js';
import { Presence } from '../presence/presence.js';
import type { Connection } from './connection.js';
import { ConnectionMeasures } from './connection-measures.js';
import { Connections } from './connections.js';
import type { OnlineStatus } from './online-status.js';
import { Sessions } from './sessions.js';

/** A connection that knows how it ended. */
class Client {
  readonly userID = 'ann';
  readonly platformID = 1;
  readonly isBackground = false;
  readonly connID: string;
  isOpen = true;
  farewells = 0;

  constructor(readonly token: string) {
    this.connID = token;
  }

  end(farewell?: unknown): void {
    if (this.isOpen && farewell) this.farewells += 1;
    this.isOpen = false;
  }
}

describe('Sessions of one user, who come at once', () => {
  let ended: Set<string>;
  let connections: Connections;
  let presence: Presence;
  let sessions: Sessions;
  let kicks: ConnectionMeasures;
  beforeEach(() => {
    ended = new Set();
    connections = new Connections(new Measures());
    presence = new Presence(new NoBus());
    const tokens = {
      async verify(token: string) {
        await nextTurn();
        if (ended.has(token)) throw new TokenKicked();
      },
      async kickOthers(_userID: string, _platformID: number, [kept]: string[]) {
        await nextTurn();
        for (const token of ['a', 'b', 'c', 'd']) if (token !== kept) ended.add(token);
      },
    } as unknown as TokensService;
    const online = { forget: () => undefined } as unknown as OnlineStatus;
    kicks = new ConnectionMeasures(new Measures());
    const settings = { multiLoginPolicy: 1 } as ImSettings;
    sessions = new Sessions(settings, tokens, presence, connections, online, new NoBus(), kicks);
  });

  const openAll = async (...tokens: string[]): Promise<Client[]> => {
    const clients = tokens.map((token) => new Client(token));
    await Promise.all(clients.map((client) => sessions.opened(client as unknown as Connection)));
    return clients;
  };

  it('leave one, whose token is good', async () => {
    const clients = await openAll('a', 'b', 'c', 'd');
    const left = clients.filter(({ isOpen }) => isOpen);
    expect(left).toHaveLength(1);
    expect(ended.has(left[0].token)).toBe(false);
    expect(clients.filter(({ farewells }) => farewells === 1)).toHaveLength(3);
    expect(connections.of('ann')).toEqual(left);
    expect((await presence.connections(['ann'])).get('ann')).toHaveLength(1);
  });

  it('stay together with the same token', async () => {
    const clients = await openAll('a', 'a', 'a');
    expect(clients.every(({ isOpen }) => isOpen)).toBe(true);
    expect(connections.of('ann')).toHaveLength(3);
  });

  it('end nobody when they have gone before their turn', async () => {
    const [first, second] = [new Client('a'), new Client('b')];
    await sessions.opened(first as unknown as Connection);
    const opening = sessions.opened(second as unknown as Connection);
    second.end();
    sessions.closed(second as unknown as Connection);
    await opening;
    expect([first.isOpen, ended.size]).toEqual([true, 0]);
  });

  it('wait for nobody who failed', async () => {
    const settings = {
      get multiLoginPolicy(): never {
        throw new Error('the database is gone');
      },
    };
    const failing = new Sessions(
      settings as unknown as ImSettings,
      { verify: async () => undefined } as unknown as TokensService,
      presence,
      connections,
      {} as OnlineStatus,
      new NoBus(),
      new ConnectionMeasures(new Measures()),
    );
    const opening = ['a', 'b'].map((token) => failing.opened(new Client(token) as unknown as Connection));
    for (const one of opening) await expect(one).rejects.toThrow('the database is gone');
  });
});
