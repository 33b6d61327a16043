import type { ShownMessage } from './shown-message.js';

/** Of a message without its texts: its numbers, and what stands before each member. */
const MESSAGE_FRAME = 150;

/** Of a conversation in an answer: what stands around its ID and its messages. */
const CONVERSATION_FRAME = 40;

/** What is stored as JSON is no longer in protobuf. */
const TEXTS = [
  'sendID',
  'recvID',
  'groupID',
  'clientMsgID',
  'serverMsgID',
  'senderNickname',
  'senderFaceURL',
  'content',
  'options',
  'offlinePushInfo',
  'atUserIDList',
  'attachedInfo',
  'ex',
] as const satisfies readonly (keyof ShownMessage)[];

/** Bytes a message takes in an answer in protobuf, at most. Source: contract/sdkws-wire.md, MsgData. */
export function messageSize(message: ShownMessage): number {
  // A mentioned ID of more than 127 bytes has one byte more around it than in JSON.
  const longIDs = Math.ceil(message.atUserIDList.length / 64);
  return TEXTS.reduce((sum, member) => sum + Buffer.byteLength(message[member]), MESSAGE_FRAME + longIDs);
}

/** Bytes a conversation takes in an answer in protobuf besides its messages, at most. */
export function conversationSize(conversationID: string): number {
  return CONVERSATION_FRAME + Buffer.byteLength(conversationID);
}
