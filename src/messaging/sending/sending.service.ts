import { Injectable, Logger } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { ArgumentInvalid, ImError } from '../../core/errors.js';
import { newMessageID } from '../../core/ids.js';
import { assertAdmin, assertSelf } from '../../core/permissions.js';
import { ADMIN_PLATFORM_ID, ContentType, SessionType } from '../../core/protocol.js';
import { chunks } from '../../database/bulk.js';
import { Transactions } from '../../database/transactions.js';
import { GroupNotFound } from '../../groups/group.errors.js';
import { assertNotDismissed } from '../../groups/group.policy.js';
import { GroupsService } from '../../groups/groups.service.js';
import { UsersService } from '../../users/users.service.js';
import { assertSendable } from '../messages.policy.js';
import { MessagesService } from '../messages.service.js';
import { Notifier } from '../notifications/notifier.js';
import type { OfflinePushInfo, SendMessage, SentMessage } from '../outgoing.js';
import { readCallbackKey } from './callback-key.js';
import type { SendJob } from './send-job.entity.js';
import { SendJobs } from './send-jobs.js';

/** One message to many users. */
export interface BatchSend {
  /** Without a receiver. */
  message: SendMessage;
  recvIDs: readonly string[];
  /** To every user instead, in the background. */
  toEverybody: boolean;
}

/** What became of it. */
export interface BatchSent {
  sent: (SentMessage & { recvID: string })[];
  failedUserIDs: string[];
  /** The job that sends to everybody. */
  jobID?: string;
}

/** A notification in the words of the AppServer, to a user or to a group. */
export interface BusinessNotification {
  sendUserID: string;
  recvUserID: string;
  recvGroupID: string;
  key: string;
  data: string;
  /** It is a message in the chat too. */
  chatCopy: boolean;
  /** It is stored with a seq of its own. */
  reliable: boolean;
}

/** An answer to the message a webhook told of. */
export interface SimpleReply {
  /** Who answers in a group. */
  sendID: string;
  text: string;
  clientMsgID?: string | undefined;
  offlinePushInfo?: OfflinePushInfo | undefined;
  ex?: string | undefined;
}

/** Messages of a batch that are on their way at a time: what fits into one commit. */
const BATCH_SLICE = 500;

/** The ways AppServers send. Source: contract/v3/message.md. */
@Injectable()
export class SendingService {
  private readonly logger = new Logger(SendingService.name);

  constructor(
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly messages: MessagesService,
    private readonly notifier: Notifier,
    private readonly jobs: SendJobs,
  ) {}

  /**
   * Sends the same message to many users, each in the chat of his own; all have one clientMsgID. Who does not get it is
   * answered, and does not keep it from the others. A group gets it once.
   *
   * @throws NotificationAccountUnknown, NotPermitted when the sender may not send what it is
   * @throws NotPermitted to everybody, to all but administrators
   * @throws ArgumentInvalid, SessionTypeUnknown, UserNotFound for a message to everybody that would reach nobody
   */
  async sendMany(actor: Actor, { message, recvIDs, toEverybody }: BatchSend): Promise<BatchSent> {
    const { sessionType } = message;
    if (sessionType === SessionType.notification) await this.messages.checkNotificationAccount(message.sendID);
    if (toEverybody) return { sent: [], failedUserIDs: [], jobID: await this.sendToEverybody(actor, message) };
    const order = { ...message, clientMsgID: message.clientMsgID || newMessageID() };
    const answer: BatchSent = { sent: [], failedUserIDs: [] };
    for (const slice of chunks([...new Set(recvIDs)], BATCH_SLICE)) {
      const outcomes = await this.messages.sendToEach(actor, order, slice);
      outcomes.forEach((outcome, index) => {
        const recvID = slice[index];
        if (outcome.status === 'fulfilled') answer.sent.push({ ...outcome.value, recvID });
        else this.noteFailure(answer, recvID, outcome.reason);
      });
    }
    return answer;
  }

  /** What would be refused to everybody is refused at once. */
  private async sendToEverybody(actor: Actor, message: SendMessage): Promise<string> {
    assertAdmin(actor);
    if (message.sessionType === SessionType.group) {
      throw new ArgumentInvalid('isSendAll is for users, sessionType 1 or 4', 'isSendAll');
    }
    assertSendable({ ...message, recvID: message.sendID });
    await this.users.get(message.sendID);
    return this.jobs.start(message);
  }

  /** How far a message to everybody is. @throws NotPermitted to all but administrators, RecordNotFound */
  getJob(actor: Actor, jobID: string): Promise<SendJob> {
    assertAdmin(actor);
    return this.jobs.get(jobID);
  }

  /**
   * Sends a notification that clients hand on to the app as it is. Neither user needs to be registered.
   *
   * @throws ArgumentInvalid when it has no receiver or two; NotPermitted to all but administrators
   * @throws GroupNotFound, GroupDismissed
   */
  async notify(actor: Actor, order: BusinessNotification): Promise<SentMessage> {
    const { sendUserID, recvUserID, recvGroupID, key, data, chatCopy, reliable } = order;
    const either = 'recvUserID and recvGroupID cannot be';
    if (!recvUserID && !recvGroupID) throw new ArgumentInvalid(`${either} empty at the same time`, 'recvUserID');
    if (recvUserID && recvGroupID) throw new ArgumentInvalid(`${either} set at the same time`, 'recvUserID');
    assertAdmin(actor);
    const to = recvGroupID ? { groupID: recvGroupID } : { recvID: recvUserID };
    const notice = {
      contentType: ContentType.business,
      sendID: sendUserID,
      ...to,
      detail: { key, data },
      chatCopy,
      reliable,
    };
    return this.transactions.run(async () => {
      if (recvGroupID) await this.checkGroup(recvGroupID);
      const [sent] = await this.notifier.send([notice]);
      return sent;
    });
  }

  /**
   * Answers the message a webhook told of, in the chat it came from: as the user it was written to, or in a group as the
   * user named. SELF of that user.
   *
   * @throws ArgumentInvalid for a key that does not tell the chat; NotPermitted, UserNotFound
   * @throws as {@link MessagesService.send}
   */
  async reply(actor: Actor, key: string, reply: SimpleReply, request: { operationID: string }): Promise<SentMessage> {
    const origin = readCallbackKey(key);
    if (!origin.sendID) throw new ArgumentInvalid('missing recvID or GroupID', 'key');
    const sendID = origin.groupID ? reply.sendID : origin.recvID;
    if (!sendID) throw new ArgumentInvalid('missing sendID', 'sendID');
    assertSelf(actor, sendID);
    const { nickname, faceURL } = await this.users.get(sendID);
    const { text, clientMsgID, offlinePushInfo, ex } = reply;
    const to = origin.groupID
      ? { sessionType: SessionType.group, groupID: origin.groupID }
      : { sessionType: SessionType.single, recvID: origin.sendID };
    const message: SendMessage = {
      sendID,
      ...to,
      contentType: ContentType.markdown,
      content: JSON.stringify({ content: text }),
      clientMsgID,
      senderPlatformID: ADMIN_PLATFORM_ID,
      senderNickname: nickname,
      senderFaceURL: faceURL,
      offlinePushInfo,
      ex,
    };
    return this.messages.send(actor, message, request);
  }

  private async checkGroup(groupID: string): Promise<void> {
    const group = await this.groups.find(groupID);
    if (!group) throw new GroupNotFound(groupID);
    assertNotDismissed(group);
  }

  private noteFailure({ failedUserIDs }: BatchSent, recvID: string, reason: unknown): void {
    if (!(reason instanceof ImError)) this.logger.error(reason);
    failedUserIDs.push(recvID);
  }
}
