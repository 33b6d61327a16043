import { Copies } from '../client/copies.js';
import { addUsers, adminToken, register } from '../client/population.js';
import { exchange } from '../client/rest.js';
import { FIRST_NUMBER } from '../client/rest-request.js';
import { chatOf, v3Send } from '../client/sends.js';
import type { Served } from '../frame/served.js';

const PER_CONVERSATION = 100;
const USERS_PER_CONVERSATION = 10;

/** Epoch milliseconds of the first message that is filled in. */
const BEGIN = Date.UTC(2026, 0, 1);

/** How much there is: single chats of 100 messages, and ten users for each. */
export interface Size {
  readonly messages: number;
  readonly conversations: number;
  readonly users: number;
}

export function sizeOf(messages: number): Size {
  const conversations = messages / PER_CONVERSATION;
  return { messages, conversations, users: conversations * USERS_PER_CONVERSATION };
}

/** A single chat that was filled in. */
export interface Chat {
  readonly sendID: string;
  readonly recvID: string;
  readonly conversationID: string;
}

/** The chat of a number, from 0. */
export function chat(number: number): Chat {
  const first = FIRST_NUMBER + number * USERS_PER_CONVERSATION;
  const [sendID, recvID] = [`u${first}`, `u${first + 1}`];
  return { sendID, recvID, conversationID: chatOf(sendID, recvID) };
}

/** The same in SQL, of the chat `n`. */
const ONE = `('u' || (${FIRST_NUMBER} + n * ${USERS_PER_CONVERSATION}))`;
const OTHER = `('u' || (${FIRST_NUMBER + 1} + n * ${USERS_PER_CONVERSATION}))`;
const CONVERSATION = `('si_' || ${ONE} || '_' || ${OTHER})`;

/** A message sent as users send them; its rows are what is copied. */
export async function sendModel({ apiPort }: Served): Promise<Chat> {
  const [sendID, recvID] = await register(apiPort, 2);
  await exchange(apiPort, v3Send(await adminToken(apiPort), { sendID, recvID }));
  return { sendID, recvID, conversationID: chatOf(sendID, recvID) };
}

/** Grows a database that nobody serves. What is left out is the log of versions: neither sending nor pulling reads it. */
export async function grow(databaseUrl: string, model: Chat, from: Size, to: Size): Promise<void> {
  await addUsers({ databaseUrl }, to.users);
  await Copies.in(databaseUrl, async (copies) => {
    const sqlite = databaseUrl.startsWith('sqlite:');
    // On this connection alone. Whoever is cut off here throws his work away.
    if (sqlite)
      for (const pragma of ['synchronous = OFF', 'cache_size = -1000000']) await copies.query(`PRAGMA ${pragma}`);
    const chats = { from: from.conversations, count: to.conversations - from.conversations };
    await addConversations(copies, model, chats);
    await addMessages(copies, model, { ...chats, sqlite });
    // What InnoDB does by itself some time after a table has grown; the server must not be measured meanwhile.
    if (!sqlite) for (const table of TABLES) await copies.query(`ANALYZE TABLE ${table}`);
  });
}

const TABLES = ['im_users', 'im_sequences', 'im_conversations', 'im_read_positions', 'im_messages'];

interface Chats {
  readonly from: number;
  readonly count: number;
}

async function addConversations(copies: Copies, model: Chat, chats: Chats): Promise<void> {
  const { sendID, conversationID } = model;
  const common = { conversationID: CONVERSATION };
  await copies.add({
    ...chats,
    table: 'im_sequences',
    model: { conversationID },
    set: { ...common, maxSeq: String(PER_CONVERSATION) },
  });
  for (const [owner, peer] of [
    [ONE, OTHER],
    [OTHER, ONE],
  ]) {
    await copies.add({
      ...chats,
      table: 'im_conversations',
      model: { conversationID, ownerUserID: sendID },
      set: { ...common, ownerUserID: owner, userID: peer },
    });
    await copies.add({
      ...chats,
      table: 'im_read_positions',
      model: { conversationID, userID: sendID },
      set: { ...common, userID: owner, hasReadSeq: String(PER_CONVERSATION) },
    });
  }
}

/**
 * SQLite keeps rows in the order they came, so there people take turns: ten messages in every chat, then ten more. InnoDB
 * keeps them by key whatever the order, and with less memory than data that order is far quicker.
 */
async function addMessages(
  copies: Copies,
  { conversationID }: Chat,
  { from, count, sqlite }: Chats & { sqlite: boolean },
): Promise<void> {
  const each = sqlite ? 10 : PER_CONVERSATION;
  for (let before = 0; before < PER_CONVERSATION; before += each) {
    const earlier = from * PER_CONVERSATION + before * count;
    await copies.add({
      table: 'im_messages',
      model: { conversationID, seq: 1 },
      set: {
        conversationID: CONVERSATION,
        seq: `${before + 1} + k`,
        sendID: `CASE k % 2 WHEN 0 THEN ${ONE} ELSE ${OTHER} END`,
        recvID: `CASE k % 2 WHEN 0 THEN ${OTHER} ELSE ${ONE} END`,
        clientMsgID: `clientMsgID || '_' || (${before} + k)`,
        sendTime: `${BEGIN + earlier} + (n - ${from}) * ${each} + k`,
      },
      from,
      count,
      each,
    });
  }
}
