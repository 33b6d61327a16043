import { groupBy } from '../../core/collections.js';
import type { Area, Check, Query, Row } from '../check.js';
import { enough, judge, rule } from './rule.js';

/** Conversations looked at in one go. */
const SLICE = 1_000;

const OPEN_AND_CLOSED = ['im_conversations', 'im_closed_conversations'] as const;

/**
 * The first message of a chat creates it for both users; who deletes it keeps its limits. So each of the two has one or the
 * other as soon as there is a message. IDs with an underscore in a user's part can be two pairs', and are passed over.
 */
const bothUsers: Check = {
  name: 'conversations.both-users',
  title: 'a chat is in the lists of both users, or was deleted from them',
  async look({ query }) {
    const missing: Row[] = [];
    for await (const slice of chats(query)) {
      const owners = await ownersOf(query, slice);
      for (const conversationID of slice) {
        const [, a, b] = conversationID.split('_');
        for (const userID of new Set([a, b])) {
          if (!owners.get(conversationID)?.has(userID)) missing.push({ conversationID, userID });
        }
      }
      if (enough(missing)) break;
    }
    return judge(missing, 'The next message brings it back; until then the user does not see the chat.');
  },
};

/** Chats of two users with messages, whose ID can be these two users' alone; in slices. */
async function* chats(query: Query): AsyncGenerator<string[]> {
  for (let last = 'si_'; ;) {
    const rows = await query(
      'SELECT conversationID, maxSeq FROM im_sequences WHERE conversationID > ? AND conversationID < ? ' +
        `ORDER BY conversationID LIMIT ${SLICE}`,
      [last, 'si`'],
    );
    if (rows.length === 0) return;
    const ids = rows.map(({ conversationID }) => String(conversationID));
    yield ids.filter((id, index) => id.split('_').length === 3 && Number(rows[index]['maxSeq']) > 0);
    last = ids[ids.length - 1];
  }
}

async function ownersOf(query: Query, ids: readonly string[]): Promise<Map<string, Set<unknown>>> {
  if (ids.length === 0) return new Map();
  const places = ids.map(() => '?').join(', ');
  const rows = await Promise.all(
    OPEN_AND_CLOSED.map((table) =>
      query(`SELECT conversationID, ownerUserID FROM ${table} WHERE conversationID IN (${places})`, ids),
    ),
  );
  const byID = groupBy(rows.flat(), ({ conversationID }) => String(conversationID));
  return new Map([...byID].map(([id, theirs]) => [id, new Set(theirs.map(({ ownerUserID }) => ownerUserID))]));
}

/** Limits of open and of closed conversations alike. */
const within = OPEN_AND_CLOSED.map(
  (table) => `
    SELECT c.ownerUserID, c.conversationID, c.minSeq, c.maxSeq, s.maxSeq AS highest FROM ${table} c
    LEFT JOIN im_sequences s ON s.conversationID = c.conversationID
    WHERE c.minSeq > COALESCE(s.maxSeq, 0) + 1 OR c.maxSeq > COALESCE(s.maxSeq, 0) OR c.minSeq < 0 OR c.maxSeq < 0`,
).join(' UNION ALL ');

/** Conversations of groups in which their owners may read what is still to come, though they are not in. */
const strangers = OPEN_AND_CLOSED.map(
  (table) => `
    SELECT c.ownerUserID, c.conversationID FROM ${table} c
    WHERE c.conversationID > 'sg_' AND c.conversationID < 'sg\`' AND c.maxSeq = 0 AND NOT EXISTS (
      SELECT 1 FROM im_group_members g WHERE g.userID = c.ownerUserID AND g.groupID = SUBSTR(c.conversationID, 4))`,
).join(' UNION ALL ');

/** Source: `ConversationStore`, `ConversationSettings`, `Horizons`. */
export const CONVERSATIONS: Area = {
  title: 'Conversations',
  checks: [
    rule({
      name: 'conversations.named',
      title: 'the ID of a conversation is that of its users or its group',
      broken: `
        SELECT ownerUserID, conversationID, conversationType FROM im_conversations WHERE NOT (CASE conversationType
          WHEN 1 THEN conversationID IN (CONCAT('si_', ownerUserID, '_', userID), CONCAT('si_', userID, '_', ownerUserID))
          WHEN 4 THEN conversationID IN (CONCAT('sn_', ownerUserID, '_', userID), CONCAT('sn_', userID, '_', ownerUserID))
          WHEN 3 THEN conversationID = CONCAT('sg_', groupID)
          WHEN 2 THEN conversationID = CONCAT('g_', groupID)
          ELSE 0 END)`,
      advice: 'Its owner may read what is not his. Delete the row.',
    }),
    rule({
      name: 'conversations.open-or-closed',
      title: 'no conversation is in a list and deleted from it at once',
      broken: `
        SELECT x.ownerUserID, x.conversationID FROM im_closed_conversations x
        JOIN im_conversations c ON c.ownerUserID = x.ownerUserID AND c.conversationID = x.conversationID`,
      advice: 'Delete the row in im_closed_conversations.',
    }),
    rule({
      name: 'conversations.limits',
      title: 'what a user may read is within what there is',
      broken: `SELECT * FROM (${within}) t`,
      advice: 'He would not see the next messages, or more than he may. Set the limits within 0 and the highest seq.',
    }),
    bothUsers,
    rule({
      name: 'conversations.members',
      title: 'every member has the conversation of his group, or deleted it',
      broken: `
        SELECT g.groupID, g.userID FROM im_group_members g
        JOIN im_sequences s ON s.conversationID = CONCAT('sg_', g.groupID)
        WHERE s.maxSeq > 0
          AND NOT EXISTS (SELECT 1 FROM im_conversations c
            WHERE c.ownerUserID = g.userID AND c.conversationID = CONCAT('sg_', g.groupID) AND c.maxSeq = 0)
          AND NOT EXISTS (SELECT 1 FROM im_closed_conversations x
            WHERE x.conversationID = CONCAT('sg_', g.groupID) AND x.ownerUserID = g.userID AND x.maxSeq = 0)`,
      advice: 'He does not see what the group writes. Remove him from the group and invite him again.',
    }),
    rule({
      name: 'conversations.strangers',
      title: 'nobody may read on in a group he is not in',
      broken: `SELECT * FROM (${strangers}) t`,
      advice: 'Set maxSeq of the row to the highest seq he may read, or delete it.',
    }),
  ],
};
