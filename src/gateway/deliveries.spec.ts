import { describe, expect, it, type Mock, vi } from 'vitest';
import { Measures } from '../core/measures.js';
import { NO_OPERATION } from '../core/operation.js';
import { SessionType } from '../core/protocol.js';
import { NoBus } from '../cluster/bus.js';
import { Presence } from '../presence/presence.js';
import { NoTracing } from '../core/tracing.js';
import type { GroupsService } from '../groups/groups.service.js';
import type { MissedMessages } from '../messaging/missed-messages.js';
import { Relays } from './relays.js';
import { type AcceptedMessage, MessagesAccepted } from '../messaging/message.events.js';
import { placeholder } from '../messaging/history/shown-message.js';
import type { Connection } from './connection.js';
import { Connections } from './connections.js';
import { Deliveries } from './deliveries.js';

const accepted = (seq: number): AcceptedMessage => ({
  message: {
    ...placeholder('si_ann_bob', seq),
    revocation: '',
    sessionType: SessionType.single,
    sendID: 'ann',
    recvID: 'bob',
  },
  operation: NO_OPERATION,
});
const many = (count: number): AcceptedMessage[] => Array.from({ length: count }, (_, index) => accepted(index + 1));

function begin(): { deliveries: Deliveries; push: Mock<Connection['push']>; measures: Measures } {
  const measures = new Measures();
  const connections = new Connections(measures);
  const push = vi.fn<Connection['push']>();
  connections.add({ userID: 'bob', platformID: 2, isBackground: false, openedAt: 0, push } as unknown as Connection);
  const bus = new NoBus();
  const relays = new Relays(new Presence(bus), bus, {} as MissedMessages);
  const groups = { memberIDsOf: async () => new Map() } as unknown as GroupsService;
  const deliveries = new Deliveries(groups, connections, relays, new NoTracing(), measures);
  return { deliveries, push, measures };
}

describe('Deliveries', () => {
  it('hold no more messages than they can bear, and go on with what comes next', async () => {
    const { deliveries, push, measures } = begin();
    deliveries.accept(new MessagesAccepted(many(40_000)));
    deliveries.accept(new MessagesAccepted(many(40_000)));
    deliveries.accept(new MessagesAccepted(many(1)));
    const read = (name: string) => [...measures].find(({ spec }) => spec.name === name)?.samples();
    expect([...(read('openim_push_queue_messages') ?? [])]).toMatchObject([{ value: 50_000 }]);
    expect([...(read('openim_pushes_dropped_total') ?? [])]).toMatchObject([{ value: 30_001 }]);
    await deliveries.finish(50_000);
    expect(push).toHaveBeenCalledTimes(50_000);
    deliveries.accept(new MessagesAccepted(many(3)));
    await deliveries.finish(50_000);
    expect(push).toHaveBeenCalledTimes(50_003);
  });
});
