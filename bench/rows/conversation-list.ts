import { adminToken, logIn, register } from '../client/population.js';
import { call } from '../client/rest.js';
import { TEXT_SENT } from '../client/messages.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

/** Users who have so many conversations each. */
const USERS = 8;
const CONVERSATIONS = 1000;
const PAGE = 20;

/** Answers are large: with more, most of the time would be spent waiting for one another. */
const CONNECTIONS = 16;

export const conversationList: Row = {
  name: 'conversation-list',
  about: `the conversations of a user who has ${CONVERSATIONS}`,

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const { apiPort } = rest.server;
    const userIDs = await register(apiPort, USERS + CONVERSATIONS);
    const [owners, peers] = [userIDs.slice(0, USERS), userIDs.slice(USERS)];
    const admin = await adminToken(apiPort);
    for (const sendID of owners) {
      const message = { sendID, sessionType: 1, contentType: 101, content: { content: TEXT_SENT } };
      await call(apiPort, '/msg/batch_send_msg', { ...message, recvIDs: peers }, admin);
    }
    const logins = await logIn(rest.server, owners, () => 'json');
    return rest.some([
      {
        what: 'conversation/get_all_conversations',
        connections: CONNECTIONS,
        requests: logins.map(({ userID, token }) => ({
          path: '/conversation/get_all_conversations',
          token,
          body: JSON.stringify({ ownerUserID: userID }),
        })),
        check: (answer) => expectLength((answer as Answer).data.conversations, CONVERSATIONS),
      },
      {
        what: `the newest ${PAGE} with their last messages (get_sorted_conversation_list)`,
        connections: CONNECTIONS,
        requests: logins.map(({ userID, token }) => ({
          path: '/conversation/get_sorted_conversation_list',
          token,
          body: JSON.stringify({ userID, conversationIDs: [], pagination: { pageNumber: 1, showNumber: PAGE } }),
        })),
        check: (answer) => expectLength((answer as Answer).data.conversationElems, PAGE),
      },
    ]);
  },
};

interface Answer {
  readonly data: { readonly conversations?: readonly unknown[]; readonly conversationElems?: readonly unknown[] };
}

/** @throws Error when the list is not as long as it should be */
function expectLength(list: readonly unknown[] | undefined, length: number): void {
  if (list?.length !== length) throw new Error(`a list of ${list?.length} in place of ${length}`);
}
