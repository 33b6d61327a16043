import { expect } from 'vitest';
import { ImEvents } from '../../src/events/events.js';
import { MessagesAccepted } from '../../src/messaging/message.events.js';
import type { Im } from './im.js';

export const SUCCESS = { errCode: 0, errMsg: '', errDlt: '' };
export const SOME_TEXT = expect.stringMatching(/./);
export const argsError = (errDlt: unknown) => ({ errCode: 1001, errMsg: 'ArgsError', errDlt });
export const noPermission = (errDlt: unknown) => ({ errCode: 1002, errMsg: 'NoPermissionError', errDlt });
export const notFound = (errDlt: unknown = SOME_TEXT) => ({ errCode: 1004, errMsg: 'RecordNotFoundError', errDlt });
export const userNotFound = (errDlt: unknown) => ({ errCode: 1101, errMsg: 'UserIDNotFoundError', errDlt });
export const dismissed = (errDlt: unknown = SOME_TEXT) => ({ errCode: 1204, errMsg: 'DismissedAlreadyError', errDlt });

/** A notification somebody was sent. */
export interface Told {
  contentType: number;
  sendID: string;
  recvID: string;
  /** `n_…` is the signal, `sg_…` the message in the chat. */
  conversationID: string;
  /** 0: not stored. */
  seq: number;
  senderNickname: string;
  tips: any;
  /** Of the call that caused it. */
  operationID: string;
  /** Who is told besides those who are in the conversation. */
  alsoTo: readonly string[];
}

/** Users around a group, and what they hear. */
export class GroupStory {
  private readonly tokens = new Map<string, string>();
  /** Everything told since {@link GroupStory.listen}. */
  heard: Told[] = [];

  private constructor(readonly im: Im) {}

  /** Registers the users; `admin` stands for an administrator of the application. */
  static async begin(im: Im, ...userIDs: string[]): Promise<GroupStory> {
    const story = new GroupStory(im);
    await im.register(...userIDs);
    for (const userID of userIDs) story.tokens.set(userID, await im.tokenOf(userID));
    story.tokens.set('admin', await im.adminToken());
    im.get(ImEvents).on(MessagesAccepted, 'after-commit', ({ accepted }) => {
      for (const { message, operation, alsoTo = [] } of accepted) {
        const { operationID } = operation;
        const tips = JSON.parse(JSON.parse(message.content).detail);
        story.heard.push({ ...message, tips, operationID, alsoTo });
      }
    });
    return story;
  }

  /** Calls `/group/<path>` and answers the body. */
  async as(who: string, path: string, body: object): Promise<any> {
    const answer = await this.im.v3(`/group/${path}`, body, this.tokens.get(who));
    expect(answer.status).toBe(200);
    return answer.body;
  }

  /** A new group of olga (owner), gus (administrator), mia and ann; forgets what was heard. */
  async group(more: { groupInfo?: object; [member: string]: unknown } = {}): Promise<string> {
    const { data } = await this.as('olga', 'create_group', {
      ownerUserID: 'olga',
      adminUserIDs: ['gus'],
      memberUserIDs: ['mia', 'ann'],
      ...more,
      groupInfo: { groupName: 'team', groupType: 2, ...more.groupInfo },
    });
    this.listen();
    return data.groupInfo.groupID;
  }

  /** Forgets what was heard. */
  listen(): void {
    this.heard = [];
  }

  /** Content types in the order heard, each once: a chat copy does not count. */
  types(): number[] {
    return this.heard.filter(({ conversationID }) => conversationID.startsWith('n_')).map((one) => one.contentType);
  }

  /** What was heard of one kind. */
  ofType(contentType: number): Told[] {
    return this.heard.filter((one) => one.contentType === contentType);
  }

  /** The tips of the one notification of a kind. Its signal and, unless told otherwise, its chat copy were heard. */
  theOne(contentType: number, { chatCopy = true } = {}): Told {
    const heard = this.ofType(contentType);
    expect(heard.map(({ conversationID }) => conversationID.slice(0, 2))).toEqual(chatCopy ? ['n_', 'sg'] : ['n_']);
    expect(heard[0].seq).toBe(0);
    if (chatCopy) expect(heard[1].seq).toBeGreaterThan(0);
    return heard[0];
  }

  /** Who was told that his conversations changed, and which. */
  changedConversations(): Record<string, string[]> {
    return Object.fromEntries(this.ofType(1300).map(({ recvID, tips }) => [recvID, tips.conversationIDList]));
  }

  /** Roles by user. */
  async roles(groupID: string): Promise<Record<string, number>> {
    const rows = await this.im.rows('im_group_members', { groupID });
    return Object.fromEntries(rows.map(({ userID, roleLevel }) => [userID, Number(roleLevel)]));
  }

  async member(groupID: string, userID: string): Promise<any> {
    const [row] = await this.im.rows('im_group_members', { groupID, userID });
    return row && { ...row, muteEndTime: Number(row.muteEndTime), joinTime: Number(row.joinTime) };
  }

  async row(groupID: string): Promise<any> {
    const [row] = await this.im.rows('im_groups', { groupID });
    return row && { ...row, notificationUpdateTime: Number(row.notificationUpdateTime) };
  }

  async conversation(ownerUserID: string, groupID: string): Promise<any> {
    const [row] = await this.im.rows('im_conversations', { ownerUserID, conversationID: `sg_${groupID}` });
    return row && { ...row, maxSeq: Number(row.maxSeq), groupAtType: Number(row.groupAtType) };
  }

  /** Where a version log stands, and the latest change of each of its elements: [version, state]. */
  async log(
    collection: string,
    ownerID: string,
  ): Promise<{ version: number; changes: Record<string, [number, number]> }> {
    const [version] = await this.im.rows('im_versions', { collection, ownerID });
    const rows = await this.im.rows('im_version_changes', { collection, ownerID });
    const changes = rows.map((row) => [row.elementID, [Number(row.version), Number(row.state)]]);
    return { version: Number(version?.version ?? 0), changes: Object.fromEntries(changes) };
  }

  /** Everything stored of a group, to see that nothing changed. */
  async everything(groupID: string): Promise<object> {
    return {
      group: await this.row(groupID),
      members: await this.im.rows('im_group_members', { groupID }),
      requests: await this.im.rows('im_group_requests', { groupID }),
      messages: (await this.im.rows('im_messages', { groupID })).length,
      log: await this.log('group-members', groupID),
      conversations: await this.im.rows('im_conversations', { groupID }),
    };
  }
}
