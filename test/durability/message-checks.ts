import { groupBy } from '../../src/core/collections.js';
import type { Marked, Operation, Seen, SeenMessage, Sent } from './history.js';
import { pair, type Stored, type StoredMessage } from './stored.js';

/** Sent messages, and what was seen of conversations, against what is stored. */
export function* checkMessages(history: readonly Operation[], stored: Stored): Generator<string> {
  const sent = history.filter((one) => one.kind === 'sent');
  const byText = groupBy(
    stored.messages.filter(({ text }) => text !== ''),
    ({ text }) => text,
  );
  yield* checkEach(sent, byText);
  yield* checkStrangers(sent, byText);
  yield* checkSeqs(stored);
  const seqOf = new Map([...byText].map(([text, [first]]) => [text, first.seq]));
  for (const theirs of groupBy(sent, ({ conversationID }) => conversationID).values()) yield* checkOrder(theirs, seqOf);
  const seen = history.filter((one) => one.kind === 'seen');
  yield* checkSeen(seen, { sent, seqOf, stored });
  yield* checkPositions(
    history.filter((one) => one.kind === 'marked'),
    stored,
  );
}

/** Acknowledged: once, as it was sent. Unknown: once or not at all. */
function* checkEach(sent: readonly Sent[], byText: ReadonlyMap<string, StoredMessage[]>): Generator<string> {
  for (const { text, outcome, conversationID, sendID, clientMsgID, attempts } of sent) {
    const found = byText.get(text) ?? [];
    const name = `message "${text}" (${outcome}, ${attempts} attempts)`;
    if (outcome === 'acknowledged' ? found.length !== 1 : found.length > 1)
      yield `${name} is there ${found.length} times`;
    for (const message of found) {
      const right =
        message.conversationID === conversationID &&
        message.sendID === sendID &&
        (clientMsgID === '' || message.clientMsgID === clientMsgID);
      if (!right) yield `${name} is there as ${JSON.stringify(message)}`;
    }
  }
}

function* checkStrangers(sent: readonly Sent[], byText: ReadonlyMap<string, StoredMessage[]>): Generator<string> {
  const texts = new Set(sent.map(({ text }) => text));
  for (const text of byText.keys()) if (!texts.has(text)) yield `nobody sent "${text}"`;
}

/** From 1 up to the counter, each once. */
function* checkSeqs({ messages, counters }: Stored): Generator<string> {
  const byConversation = groupBy(messages, ({ conversationID }) => conversationID);
  for (const id of new Set([...counters.keys(), ...byConversation.keys()])) {
    const seqs = (byConversation.get(id) ?? []).map(({ seq }) => seq);
    const wrong = seqs.findIndex((seq, index) => seq !== index + 1);
    if (wrong >= 0) yield `${id} has seq ${seqs[wrong]} where ${wrong + 1} should be`;
    else if (seqs.length !== counters.get(id))
      yield `${id} has ${seqs.length} messages, and counts ${counters.get(id)}`;
  }
}

/** Who began after another had his answer stands behind him. */
function* checkOrder(sent: readonly Sent[], seqOf: ReadonlyMap<string, number>): Generator<string> {
  const acknowledged = sent.filter(({ outcome, text }) => outcome === 'acknowledged' && seqOf.has(text));
  const ending = acknowledged.toSorted((a, b) => a.ended - b.ended);
  let next = 0;
  let last: { text: string; seq: number } = { text: '', seq: 0 };
  for (const { text, began } of acknowledged.toSorted((a, b) => a.began - b.began)) {
    for (; next < ending.length && ending[next].ended < began; next += 1) {
      const seq = seqOf.get(ending[next].text) as number;
      if (seq > last.seq) last = { text: ending[next].text, seq };
    }
    const seq = seqOf.get(text) as number;
    if (seq <= last.seq)
      yield `"${text}" has seq ${seq}, though "${last.text}" with ${last.seq} was acknowledged before`;
  }
}

/** What was seen stays where it was, and who looked saw what had been acknowledged. */
function* checkSeen(
  seen: readonly Seen[],
  { sent, seqOf, stored }: { sent: readonly Sent[]; seqOf: ReadonlyMap<string, number>; stored: Stored },
): Generator<string> {
  const name = ({ text, clientMsgID }: SeenMessage): string => `"${text}" (${clientMsgID})`;
  const places = new Map(stored.messages.map((one) => [`${one.conversationID} ${one.seq}`, name(one)]));
  const byConversation = groupBy(sent, ({ conversationID }) => conversationID);
  for (const { outcome, conversationID, maxSeq, messages, began } of seen) {
    if (outcome !== 'acknowledged') continue;
    const counter = stored.counters.get(conversationID) ?? 0;
    if (counter < maxSeq) yield `${conversationID} counts ${counter}, and ${maxSeq} was seen`;
    for (const message of messages) {
      const there = places.get(`${conversationID} ${message.seq}`);
      if (there !== name(message))
        yield `${conversationID} has ${there} at ${message.seq}, where ${name(message)} was seen`;
    }
    for (const { text, ended, outcome: sending } of byConversation.get(conversationID) ?? []) {
      const seq = seqOf.get(text) ?? 0;
      if (sending === 'acknowledged' && ended < began && seq > maxSeq) {
        yield `${conversationID} was seen to end at ${maxSeq} after "${text}" with ${seq} was acknowledged`;
      }
    }
  }
}

/** As far as was acknowledged, and no further than was asked for or written. */
function* checkPositions(marked: readonly Marked[], { positions, messages }: Stored): Generator<string> {
  const written = new Map<string, number>();
  for (const { sendID, conversationID, seq } of messages) written.set(pair(sendID, conversationID), seq);
  for (const [key, marks] of groupBy(marked, ({ userID, conversationID }) => pair(userID, conversationID))) {
    const highest = (some: readonly Marked[]): number => Math.max(0, ...some.map(({ hasReadSeq }) => hasReadSeq));
    const least = highest(marks.filter(({ outcome }) => outcome === 'acknowledged'));
    const most = Math.max(highest(marks), written.get(key) ?? 0);
    const position = positions.get(key) ?? 0;
    if (position < least || position > most) yield `${key} is read up to ${position}, not from ${least} to ${most}`;
  }
}
