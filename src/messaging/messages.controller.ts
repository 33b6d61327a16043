import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { type History, HistoryService, type PullMessages } from './history/history.service.js';
import { MessagesService } from './messages.service.js';
import type { SendMessage, SentMessage } from './outgoing.js';
import { sendMsgV1 } from './wire/v1.js';
import { newestSeqV3, pullMsgBySeqV3 } from './history/wire/v3.js';

@ImController('messaging')
export class MessagesController {
  constructor(
    private readonly messages: MessagesService,
    private readonly history: HistoryService,
  ) {}

  @ImCall({ path: 'manager/send_msg', summary: "Sends a message in a user's name", v1: sendMsgV1, by: 'admin' })
  send(@CurrentActor() actor: Actor, @Input() input: SendMessage): Promise<SentMessage> {
    return this.messages.send(actor, input);
  }

  @ImCall({
    path: 'msg/newest_seq',
    summary: "Reads the newest seq of each of a user's conversations",
    v3: newestSeqV3,
    by: 'token',
  })
  newestSeqs(@CurrentActor() actor: Actor, @Input() userID: string): Promise<Map<string, number>> {
    return this.history.newestSeqs(actor, userID);
  }

  @ImCall({
    path: 'msg/pull_msg_by_seq',
    summary: 'Reads stored messages by ranges of seqs',
    v3: pullMsgBySeqV3,
    by: 'token',
  })
  pull(@CurrentActor() actor: Actor, @Input() input: PullMessages): Promise<History[]> {
    return this.history.pull(actor, input);
  }
}
