import type { Area, Check } from '../check.js';
import { judge, rule } from './rule.js';

const RESTORE = 'Rows were lost or written by somebody else: restore a backup, or ask for help with these IDs.';

/**
 * Every seq that anybody may read has its message, but those deleted for everybody, whose seqs stay taken
 * (`DeletionService`): the rows alone do not tell one from the other, so a missing message is a problem only where the patient
 * is `dense`. What is below, cleared or too old, may be removed (`MessageRemoval`).
 */
const dense: Check = {
  name: 'messages.dense',
  title: 'every seq that may be read has its message, but those deleted for everybody',
  async look({ query, dense: expected }) {
    const without = `
      FROM (SELECT conversationID, maxSeq, CASE WHEN minSeq > 1 THEN minSeq ELSE 1 END AS lowest FROM im_sequences) s
      LEFT JOIN (
        SELECT m.conversationID, COUNT(*) AS held FROM im_messages m
        JOIN im_sequences c ON c.conversationID = m.conversationID AND m.seq >= c.minSeq GROUP BY m.conversationID
      ) h ON h.conversationID = s.conversationID
      WHERE COALESCE(h.held, 0) <> s.maxSeq + 1 - s.lowest`;
    if (expected) {
      const rows = await query(
        `SELECT s.conversationID, s.lowest, s.maxSeq, COALESCE(h.held, 0) AS messages ${without} ORDER BY s.conversationID LIMIT 21`,
      );
      return judge(rows, RESTORE);
    }
    const [row] = await query(
      `SELECT COUNT(*) AS conversations, SUM(s.maxSeq + 1 - s.lowest - COALESCE(h.held, 0)) AS missing ${without}`,
    );
    const missing = Number(row?.['missing'] ?? 0);
    if (missing === 0) return { level: 'ok', says: 'none is missing' };
    const says = `${missing} seqs of ${Number(row['conversations'])} conversations have none (any more)`;
    return { level: 'ok', says };
  },
};

/** Source: `MessageStore`, `Horizons`, `DeletionService`. */
export const MESSAGES: Area = {
  title: 'Messages',
  checks: [
    rule({
      name: 'messages.counted',
      title: 'no message is beyond the counter of its conversation',
      broken: `
        SELECT m.conversationID, m.lowest, m.highest, s.maxSeq
        FROM (SELECT conversationID, MIN(seq) AS lowest, MAX(seq) AS highest FROM im_messages GROUP BY conversationID) m
        LEFT JOIN im_sequences s ON s.conversationID = m.conversationID
        WHERE s.conversationID IS NULL OR m.highest > s.maxSeq OR m.lowest < 1`,
      advice: `The next messages would be refused, or take seqs that clients have. ${RESTORE}`,
    }),
    dense,
    rule({
      name: 'messages.once',
      title: 'no sender has one clientMsgID twice in a conversation',
      broken: `
        SELECT conversationID, sendID, clientMsgID, COUNT(*) AS times FROM im_messages
        GROUP BY conversationID, sendID, clientMsgID HAVING COUNT(*) > 1`,
      advice: 'Delete the later ones (/msg/delete_msg_phsical_by_seq), then restore the index im_messages_once.',
    }),
    rule({
      name: 'messages.in-time',
      title: 'no message is later than the newest time of its conversation',
      broken: `
        SELECT m.conversationID, m.sendTime, s.maxSeqTime FROM im_messages m
        JOIN im_sequences s ON s.conversationID = m.conversationID WHERE m.sendTime > s.maxSeqTime`,
      advice: 'The next messages would stand before it in lists. Set maxSeqTime to the highest sendTime.',
    }),
    rule({
      name: 'messages.horizon',
      title: 'no conversation is cleared beyond its end',
      broken: 'SELECT conversationID, minSeq, maxSeq FROM im_sequences WHERE minSeq > maxSeq + 1 OR minSeq < 0 OR maxSeq < 0',
      advice: 'Its next messages would be hidden from everybody. Set minSeq to maxSeq + 1.',
    }),
    rule({
      name: 'messages.hidden',
      title: 'nobody has hidden a message that never was',
      broken: `
        SELECT h.userID, h.conversationID, h.seq FROM im_hidden_messages h
        LEFT JOIN im_sequences s ON s.conversationID = h.conversationID WHERE h.seq > COALESCE(s.maxSeq, 0)`,
      advice: 'The message that gets the seq would not be shown to him. Delete the row.',
    }),
    rule({
      name: 'messages.read',
      title: 'nobody has read beyond the end of a conversation',
      broken: `
        SELECT r.userID, r.conversationID, r.hasReadSeq, s.maxSeq FROM im_read_positions r
        LEFT JOIN im_sequences s ON s.conversationID = r.conversationID
        WHERE r.hasReadSeq > COALESCE(s.maxSeq, 0) OR r.hasReadSeq < 0`,
      advice: 'The next messages would count as read. Set hasReadSeq to maxSeq.',
    }),
  ],
};
