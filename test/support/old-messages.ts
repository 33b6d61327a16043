import type { DataSource } from 'typeorm';
import { insertRows } from '../../src/database/bulk.js';
import { Message } from '../../src/messaging/message.entity.js';
import { Sequence } from '../../src/messaging/sequence.entity.js';

/**
 * Goes on with every chat that has one message, of which it must be the only one, as if it had been written then: up to
 * `each` messages, a millisecond apart.
 */
export async function goOnWithChats({ manager }: DataSource, each: number): Promise<void> {
  for (const first of await manager.findBy(Message, { seq: 1, sessionType: 1 })) {
    const rows = Array.from({ length: each - 1 }, (_, index) => ({
      ...first,
      seq: index + 2,
      clientMsgID: `${first.clientMsgID}-${index}`,
      sendTime: first.sendTime + index + 1,
    }));
    await manager.transaction(async (within) => {
      await insertRows(within, Message, rows);
      const { conversationID } = first;
      const maxSeqTime = first.sendTime + each;
      await within.update(Sequence, { conversationID }, { maxSeq: each, maxSeqTime });
    });
  }
}
