import { Query } from '@nestjs/common';
import { CurrentActor } from '../../access/current-actor.js';
import type { Actor } from '../../core/actor.js';
import { Documented } from '../../dialects/documented.js';
import { CurrentOperationID, ImCall, ImController, Input } from '../../dialects/im-call.js';
import { MessagesService } from '../messages.service.js';
import type { SendMessage, SentMessage } from '../outgoing.js';
import type { SendJob } from './send-job.entity.js';
import { SendStatuses } from './send-statuses.js';
import {
  type BatchSend,
  type BatchSent,
  type BusinessNotification,
  SendingService,
  type SimpleReply,
} from './sending.service.js';
import {
  batchSendMsgV3,
  checkMsgIsSendSuccessV3,
  getSendJobV3,
  getServerTimeV3,
  SAMPLE_KEY,
  sendBusinessNotificationV3,
  sendMsgV3,
  sendSimpleMsgV3,
} from './wire/v3.js';

@ImController('messaging')
export class SendingController {
  constructor(
    private readonly messages: MessagesService,
    private readonly sending: SendingService,
    private readonly statuses: SendStatuses,
  ) {}

  @ImCall({ path: 'msg/send_msg', summary: "Sends a message in a user's name", v3: sendMsgV3, by: 'admin' })
  send(
    @CurrentActor() actor: Actor,
    @Input() input: SendMessage,
    @CurrentOperationID() operationID: string,
  ): Promise<SentMessage> {
    return this.messages.send(actor, input, { operationID });
  }

  @ImCall({
    path: 'msg/batch_send_msg',
    summary: 'Sends the same message to many users, or to all',
    v3: batchSendMsgV3,
    by: 'admin',
  })
  sendMany(@CurrentActor() actor: Actor, @Input() input: BatchSend): Promise<BatchSent> {
    return this.sending.sendMany(actor, input);
  }

  @ImCall({
    path: 'msg/get_send_job',
    summary: 'Tells how far a message to all users is',
    v3: getSendJobV3,
    by: 'admin',
  })
  getJob(@CurrentActor() actor: Actor, @Input() jobID: string): Promise<SendJob> {
    return this.sending.getJob(actor, jobID);
  }

  @ImCall({
    path: 'msg/send_business_notification',
    summary: 'Sends a notification of the app to a user or a group (administrators)',
    v3: sendBusinessNotificationV3,
    by: 'token',
  })
  notify(@CurrentActor() actor: Actor, @Input() input: BusinessNotification): Promise<SentMessage> {
    return this.sending.notify(actor, input);
  }

  @Documented(({ ApiQuery }) =>
    ApiQuery({
      name: 'key',
      description: 'As it came with the webhook.',
      schema: { type: 'string', example: SAMPLE_KEY },
    }),
  )
  @ImCall({
    path: 'msg/send_simple_msg',
    summary: 'Answers the message a webhook told of',
    v3: sendSimpleMsgV3,
    by: 'token',
  })
  reply(
    @CurrentActor() actor: Actor,
    @Query('key') key: unknown,
    @Input() input: SimpleReply,
    @CurrentOperationID() operationID: string,
  ): Promise<SentMessage> {
    return this.sending.reply(actor, typeof key === 'string' ? key : '', input, { operationID });
  }

  @ImCall({
    path: 'msg/check_msg_is_send_success',
    summary: "Tells whether the caller's earlier request of the same operationID sent its message",
    v3: checkMsgIsSendSuccessV3,
    by: 'token',
  })
  wasSent(@CurrentActor() { userID }: Actor, @CurrentOperationID() operationID: string): Promise<boolean> {
    return this.statuses.succeeded({ userID, operationID });
  }

  @ImCall({ path: 'msg/get_server_time', summary: "Reads the server's clock", v3: getServerTimeV3, by: 'token' })
  async getServerTime(): Promise<number> {
    return Date.now();
  }
}
