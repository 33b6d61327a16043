import { describe, expect, it } from 'vitest';
import { protobufType } from '../../protobuf/protobuf.js';
import type { Message } from '../message.entity.js';
import { outgoing } from '../outgoing.js';
import { messageData } from '../wire/message.view.js';
import { conversationSize, messageSize } from './encoded-size.js';
import { placeholder, type ShownMessage } from './shown-message.js';

const LAST_MESSAGES = protobufType('GetLastMessageResp');
const PULLED = protobufType('GetSeqMessageResp');

const text = (change: Partial<Message> = {}): Message => ({
  ...outgoing({ sendID: 'ann', recvID: 'bob', sessionType: 1, contentType: 101, content: '{"content":"hi"}' }).message,
  ...change,
});
const NAMED = JSON.stringify(Array.from({ length: 500 }, (_, index) => `${'𝒳'.repeat(62)}${index % 10}`));
const PUSH = { title: 'é'.repeat(1024), desc: '"'.repeat(4096), ex: '', iOSPushSound: '', iOSBadgeCount: true };

const MESSAGES: [string, ShownMessage][] = [
  ['a text', text()],
  ['a placeholder', placeholder('si_ann_bob', 1)],
  ['a long text', text({ content: 'x'.repeat(131_072) })],
  ['a text of signs of several bytes', text({ content: '€𝒳é'.repeat(10_000) })],
  ['half of a sign', text({ content: '\ud83d'.repeat(1_000) })],
  ['long notes', text({ ex: 'x'.repeat(65_536), attachedInfo: 'é'.repeat(30_000) })],
  ['many mentions', text({ atUserIDList: NAMED })],
  ['something for those offline', text({ offlinePushInfo: JSON.stringify(PUSH) })],
  [
    'many options',
    text({ options: JSON.stringify(Object.fromEntries([...'abcdefghijk'].map((key) => [key, false]))) }),
  ],
  [
    'the largest numbers',
    text({ seq: 2 ** 53 - 1, sendTime: 2 ** 53 - 1, createTime: 2 ** 53 - 1, status: 2 ** 31 - 1, isRead: true }),
  ],
  [
    'long names',
    text({
      sendID: '𝒳'.repeat(64),
      recvID: '𝒳'.repeat(64),
      senderNickname: 'é'.repeat(255),
      senderFaceURL: 'é'.repeat(1024),
    }),
  ],
];

describe('The size of an answer', () => {
  it.each(MESSAGES)('is told, with %s, and not far from what it is', (_which, message) => {
    const one = LAST_MESSAGES.encode({ msgs: { [message.conversationID]: messageData(message) } }).length;
    const told = messageSize(message) + conversationSize(message.conversationID);
    expect(one).toBeLessThanOrEqual(told);
    expect(told - one).toBeLessThan(300 + one / 10 + (message.offlinePushInfo ? 5_000 : 0));
  });

  it('is told of all of them together', () => {
    const messages = MESSAGES.map(([, message]) => message);
    const pulled = { Msgs: messages.map(messageData), isEnd: true, endSeq: 2 ** 53 - 1 };
    const names = ['si_ann_bob', `sg_${'𝒳'.repeat(64)}`];
    const answer = PULLED.encode({ msgs: Object.fromEntries(names.map((name) => [name, pulled])) });
    const sum = (sizes: number[]): number => sizes.reduce((all, size) => all + size, 0);
    const told = sum(names.map(conversationSize)) + names.length * sum(messages.map(messageSize));
    expect(answer.length).toBeLessThanOrEqual(told);
  });
});
