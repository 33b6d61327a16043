import { MessagesService } from '../../src/messaging/messages.service.js';
import { MessagesAccepted } from '../../src/messaging/message.events.js';
import { systemActor } from '../../src/core/actor.js';
import { ImEvents } from '../../src/events/events.js';
import type { Message } from '../../src/messaging/message.entity.js';
import type { Im } from './im.js';

/** A text from one user to another. */
export async function write(im: Im, sendID: string, recvID: string, text = 'hello', sendTime?: number): Promise<void> {
  const content = JSON.stringify({ content: text });
  await im
    .get(MessagesService)
    .send(systemActor(), { sendID, recvID, sessionType: 1, contentType: 101, content, sendTime });
}

/** A text from a member to his group. */
export async function writeToGroup(im: Im, sendID: string, groupID: string, text = 'hello'): Promise<void> {
  const content = JSON.stringify({ content: text });
  await im.get(MessagesService).send(systemActor(), { sendID, groupID, sessionType: 3, contentType: 101, content });
}

/** What the server says by itself while `work` runs: messages and signals of these content types, in order. */
export async function heard(im: Im, contentTypes: readonly number[], work: () => Promise<unknown>): Promise<any[]> {
  const told: Message[] = [];
  let listening = true;
  im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ messages }) => {
    if (listening) told.push(...messages.filter(({ contentType }) => contentTypes.includes(contentType)));
  });
  await work();
  listening = false;
  return told.map((message) => ({ ...message, detail: JSON.parse(JSON.parse(message.content).detail) }));
}
