import { ImEvents } from '../../src/events/events.js';
import { MessagesAccepted } from '../../src/messaging/message.events.js';
import type { Im } from './im.js';

/** A notification as receivers get it. */
export interface Heard {
  contentType: number;
  sendID: string;
  recvID: string;
  conversationID: string;
  seq: number;
  detail: any;
}

/** Everything the server sends from now on; emptied by `heard.length = 0`. */
export function listen(im: Im): Heard[] {
  const heard: Heard[] = [];
  im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => {
    for (const { contentType, sendID, recvID, conversationID, seq, content } of messages) {
      heard.push({ contentType, sendID, recvID, conversationID, seq, detail: JSON.parse(JSON.parse(content).detail) });
    }
  });
  return heard;
}

/** The log of a user's list, as element → state (1 insert, 2 delete, 3 update), and its version; 0 when it never changed. */
export async function logOf(
  im: Im,
  collection: 'friends' | 'blacks',
  ownerID: string,
): Promise<{ version: number; changes: Record<string, number> }> {
  const [document] = await im.rows('im_versions', { collection, ownerID });
  const changes = await im.rows('im_version_changes', { collection, ownerID });
  return {
    version: Number(document?.version ?? 0),
    changes: Object.fromEntries(changes.map(({ elementID, state }) => [elementID, Number(state)])),
  };
}

export const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
export const ok = (data: unknown) => ({ ...SUCCESS, data });
export const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
export const notSelf = (userID: string) => ({
  errCode: 1002,
  errMsg: 'NoPermissionError',
  errDlt: `ownerUserID, ${userID}=MISSING`,
});
export const NEITHER = { errCode: 1002, errMsg: 'NoPermissionError', errDlt: 'opUser in ownerUserIDs' };
export const notFound = (errDlt: unknown) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });
