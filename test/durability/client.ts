import { groupConversationID, singleConversationID } from '../../src/core/ids.js';
import { ContentType } from '../../src/core/protocol.js';
import { post } from '../support/http.js';
import { SocketClient } from '../support/socket.js';
import {
  Gone,
  type GroupChanged,
  type History,
  type ListChanged,
  type Marked,
  type Registered,
  type Seen,
  type SeenMessage,
  type Sent,
} from './history.js';
import type { Random } from './random.js';

/** The group everybody writes to. */
export const HALL = 'hall';

/** Whoever a client writes to. */
type Receiver = { recvID: string } | { groupID: string };

/**
 * Somebody who does all that can be done, one thing after the other and sometimes several at once, in v1, in v3 and on a
 * socket, until the server is gone; and goes on when it is back. He asks for nothing that may be refused.
 */
export class Client {
  private url = '';
  private admin = '';
  private socket: SocketClient | undefined;
  private count = 0;
  /** Messages whose answer was lost: they are sent again. */
  private readonly lost: { operation: Sent; to: Receiver }[] = [];
  /** Users of his that are registered, and in nobody's list. */
  private readonly fresh: string[] = [];
  /** His friends and those he blocks, who can be struck off. */
  private readonly listed: Record<ListChanged['kind'], string[]> = { friends: [], blacks: [] };
  /** His groups with their members, himself left out. */
  private readonly groups = new Map<string, string[]>();

  constructor(
    readonly userID: string,
    private readonly peers: readonly string[],
    private readonly random: Random,
    private readonly history: History,
  ) {}

  /** Logs in at a server that has just started. */
  async arrive(url: string): Promise<void> {
    this.url = url;
    this.admin = await this.tokenOf('openIM123456');
    this.socket = await SocketClient.connect(url, this.userID, await this.tokenOf(this.userID));
  }

  /** Does one thing after the other until the server is gone, or it is enough. */
  async liveUntilGone(isEnough = (): boolean => false): Promise<void> {
    try {
      await this.sendLost();
      while (!isEnough()) await this.doSomething();
    } catch (error) {
      if (!(error instanceof Gone)) throw error;
    }
  }

  /** Sends again what was sent before the server was gone, looks at everything once more, and leaves. */
  async settle(): Promise<void> {
    await this.sendLost();
    for (const conversationID of this.conversations()) await this.look(conversationID, { last: Infinity });
    await this.socket?.close();
  }

  private doSomething(): Promise<unknown> {
    const { random } = this;
    const dice = random.next();
    if (dice < 0.45) return this.write();
    if (dice < 0.55) return this.look();
    if (dice < 0.62) return this.mark();
    if (this.fresh.length < 8 || dice < 0.67) return this.register(random.oneOf([1, 10, 100]));
    if (dice < 0.75) return this.add(random.oneOf(['friends', 'blacks'] as const));
    if (dice < 0.8) return this.remove(random.oneOf(['friends', 'blacks'] as const));
    if (this.groups.size < 2 || dice < 0.84) return this.createGroup();
    return this.changeGroup();
  }

  /** One message, or three at once. */
  private async write(): Promise<void> {
    const outcomes = await Promise.allSettled(Array.from({ length: this.random.oneOf([1, 3]) }, () => this.send()));
    // All of them have ended before the first failure is heard of.
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  }

  private async send(): Promise<void> {
    const to = this.random.oneOf<Receiver>([{ groupID: HALL }, { recvID: this.random.oneOf(this.peers) }]);
    const text = this.newID('text');
    const conversationID =
      'groupID' in to ? groupConversationID(to.groupID) : singleConversationID(this.userID, to.recvID);
    const way = this.random.oneOf(['v1', 'v3', 'v3 with an ID', 'socket'] as const);
    const clientMsgID = way === 'v1' || way === 'v3' ? '' : this.newID('msg');
    const intent = { kind: 'sent', conversationID, sendID: this.userID, clientMsgID, text, attempts: 1 } as const;
    try {
      const { operation, answer } = await this.history.record<Sent>(intent, () => {
        if (way === 'v1') return this.sendV1(to, text);
        return way === 'socket' ? this.sendOnSocket(to, text, clientMsgID) : this.sendV3(to, text, clientMsgID);
      });
      operation.clientMsgID ||= answer.msgID ?? answer.data.clientMsgID;
    } catch (error) {
      const operation = this.history.operations.find((one): one is Sent => one.kind === 'sent' && one.text === text);
      if (operation?.clientMsgID) this.lost.push({ operation, to });
      throw error;
    }
  }

  private sendV1(to: Receiver, text: string): Promise<any> {
    const inGroup = 'groupID' in to;
    const message = { sendID: this.userID, recvID: inGroup ? to.groupID : to.recvID, sessionType: inGroup ? 2 : 1 };
    return this.v1('/manager/send_msg', { ...message, contentType: 101, content: { text } });
  }

  private sendV3(to: Receiver, text: string, clientMsgID: string): Promise<any> {
    const message = { sendID: this.userID, ...to, sessionType: 'groupID' in to ? 3 : 1, contentType: 101 };
    return this.v3('/msg/send_msg', {
      ...message,
      content: { content: text },
      ...(clientMsgID ? { clientMsgID } : {}),
    });
  }

  private async sendOnSocket(to: Receiver, text: string, clientMsgID: string): Promise<any> {
    if (!this.socket) throw new Gone('no socket');
    return this.socket.say(to, text, { clientMsgID });
  }

  private async sendLost(): Promise<void> {
    for (let lost = this.lost[0]; lost; lost = this.lost[0]) {
      const { operation, to } = lost;
      operation.attempts += 1;
      await this.history.attempt(operation, () => this.sendV3(to, operation.text, operation.clientMsgID));
      this.lost.shift();
    }
  }

  /** How long a conversation is, and its last messages, or all of them. */
  private async look(
    conversationID = this.random.oneOf(this.conversations()),
    { last }: { last: number } = { last: 20 },
  ): Promise<void> {
    const messages: SeenMessage[] = [];
    let maxSeq = 0;
    const intent = { kind: 'seen', conversationID, maxSeq, messages } as const;
    const { operation } = await this.history.record<Seen>(intent, async () => {
      const newest = await this.v3('/msg/newest_seq', { userID: this.userID });
      maxSeq = newest.data?.maxSeqs?.[conversationID] ?? 0;
      for (let begin = Math.max(1, maxSeq - last + 1); begin <= maxSeq; begin += PAGE) {
        const range = { conversationID, begin, end: Math.min(begin + PAGE - 1, maxSeq), num: PAGE };
        const pulled = await this.v3('/msg/pull_msg_by_seq', { userID: this.userID, seqRanges: [range], order: 0 });
        if (pulled.errCode !== 0) return pulled;
        messages.push(...(pulled.data.msgs?.[conversationID]?.Msgs ?? []).map(seenMessage));
      }
      return newest;
    });
    operation.maxSeq = maxSeq;
  }

  private async mark(): Promise<void> {
    const { data } = await this.ask(() => this.v3('/msg/newest_seq', { userID: this.userID }));
    const conversationID = this.random.oneOf(this.conversations());
    const maxSeq: number = data?.maxSeqs?.[conversationID] ?? 0;
    if (maxSeq === 0) return;
    const marked = { userID: this.userID, conversationID, hasReadSeq: this.random.between(1, maxSeq) };
    await this.history.record<Marked>({ kind: 'marked', ...marked }, () =>
      this.v3('/msg/mark_conversation_as_read', { ...marked, seqs: [] }),
    );
  }

  private async register(count: number): Promise<void> {
    const userIDs = Array.from({ length: count }, () => this.newID('user'));
    const [uid] = userIDs;
    await this.history.record<Registered>({ kind: 'registered', userIDs }, () =>
      count === 1
        ? this.v1('/auth/user_register', { secret: SECRET, platform: 1, uid, name: uid })
        : this.v3('/user/user_register', { secret: SECRET, users: userIDs.map((userID) => ({ userID })) }),
    );
    this.fresh.push(...userIDs);
  }

  /** One user, or several friends at once. */
  private async add(kind: ListChanged['kind']): Promise<void> {
    const ownerUserID = this.userID;
    const userIDs = this.fresh.splice(0, kind === 'friends' ? this.random.between(1, 5) : 1);
    const [uid] = userIDs;
    const inV1 = userIDs.length === 1 && this.random.next() < 0.5;
    await this.history.record<ListChanged>({ kind, ownerUserID, change: 'added', userIDs }, () => {
      if (kind === 'blacks') {
        return inV1
          ? this.v1('/friend/add_blacklist', { uid, ownerUid: ownerUserID })
          : this.v3('/friend/add_black', { ownerUserID, blackUserID: uid });
      }
      return inV1
        ? this.v1('/friend/import_friend', { uid, ownerUid: ownerUserID })
        : this.v3('/friend/import_friend', { ownerUserID, friendUserIDs: userIDs });
    });
    this.listed[kind].push(...userIDs);
  }

  private async remove(kind: ListChanged['kind']): Promise<void> {
    const userID = this.listed[kind].shift();
    if (userID === undefined) return;
    const ownerUserID = this.userID;
    await this.history.record<ListChanged>({ kind, ownerUserID, change: 'removed', userIDs: [userID] }, () =>
      kind === 'friends'
        ? this.v3('/friend/delete_friend', { ownerUserID, friendUserID: userID })
        : this.v3('/friend/remove_black', { ownerUserID, blackUserID: userID }),
    );
  }

  private async createGroup(): Promise<void> {
    const groupID = this.newID('group');
    const memberUserIDs = this.fresh.slice(0, this.random.between(1, 8));
    const userIDs = [this.userID, ...memberUserIDs];
    await this.history.record<GroupChanged>({ kind: 'group', groupID, change: 'created', userIDs }, () =>
      this.v3('/group/create_group', {
        ownerUserID: this.userID,
        memberUserIDs,
        groupInfo: { groupID, groupName: groupID, groupType: 2 },
      }),
    );
    this.groups.set(groupID, memberUserIDs);
  }

  /** Changes one of his groups. While he does not know what became of a change, the group is left alone. */
  private async changeGroup(): Promise<void> {
    const groupID = this.random.oneOf([...this.groups.keys()]);
    const members = this.groups.get(groupID) as string[];
    this.groups.delete(groupID);
    const change =
      members.length === 0
        ? 'invited'
        : this.random.oneOf(['invited', 'invited', 'kicked', 'quit', 'dismissed'] as const);
    const strangers = this.fresh.filter((userID) => !members.includes(userID));
    const userIDs =
      change === 'dismissed'
        ? []
        : change === 'invited'
          ? strangers.slice(0, this.random.between(1, 5))
          : members.slice(0, 1);
    if (change === 'invited' && userIDs.length === 0) return;
    const inV1 = this.random.next() < 0.5;
    await this.history.record<GroupChanged>({ kind: 'group', groupID, change, userIDs }, () =>
      this.askToChange({ groupID, change, userIDs }, inV1),
    );
    if (change === 'dismissed') return;
    const left = members.filter((userID) => !userIDs.includes(userID));
    this.groups.set(groupID, change === 'invited' ? [...members, ...userIDs] : left);
  }

  private askToChange(
    { groupID, change, userIDs }: Pick<GroupChanged, 'groupID' | 'change' | 'userIDs'>,
    inV1: boolean,
  ): Promise<any> {
    if (change === 'dismissed') return this.v3('/group/dismiss_group', { groupID });
    if (change === 'quit') return this.v3('/group/quit_group', { groupID, userID: userIDs[0] });
    if (change === 'kicked') {
      return inV1
        ? this.v1('/group/kick_group', { groupID, uidListInfo: userIDs.map((userId) => ({ userId })), reason: '' })
        : this.v3('/group/kick_group', { groupID, kickedUserIDs: userIDs });
    }
    return inV1
      ? this.v1('/group/invite_user_to_group', { groupID, uidList: userIDs, reason: '' })
      : this.v3('/group/invite_user_to_group', { groupID, invitedUserIDs: userIDs });
  }

  /** Those he writes to. */
  private conversations(): string[] {
    return [groupConversationID(HALL), ...this.peers.map((peer) => singleConversationID(this.userID, peer))];
  }

  private newID(what: string): string {
    return `${this.userID}-${what}-${(this.count += 1)}`;
  }

  /** Asks for what changes nothing. @throws Gone */
  private async ask(work: () => Promise<any>): Promise<any> {
    try {
      return await work();
    } catch (error) {
      throw new Gone(String(error));
    }
  }

  private async tokenOf(userID: string): Promise<string> {
    const asked = { secret: SECRET, platformID: 1, userID };
    const { body } = await post(`${this.url}/auth/user_token`, asked, { operationID: 'login' });
    return body.data.token;
  }

  /** As an administrator. */
  private async v1(path: string, body: object): Promise<any> {
    return (await post(this.url + path, { operationID: this.newID('call'), ...body }, { token: this.admin })).body;
  }

  /** As an administrator. */
  private async v3(path: string, body: object): Promise<any> {
    return (await post(this.url + path, body, { operationID: this.newID('call'), token: this.admin })).body;
  }
}

const SECRET = 'openIM123';

/** Messages pulled in one go. */
const PAGE = 100;

/** A message as it is pulled. */
function seenMessage({ seq, clientMsgID, contentType, content }: Record<string, any>): SeenMessage {
  const text = contentType === ContentType.text ? JSON.parse(Buffer.from(content, 'base64').toString()).content : '';
  return { seq, clientMsgID, text };
}
