import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { MessagesService } from './messages.service.js';
import type { SendMessage, SentMessage } from './outgoing.js';
import { sendMsgV1 } from './wire/v1.js';

@ImController('messaging')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @ImCall({ path: 'manager/send_msg', summary: "Sends a message in a user's name", v1: sendMsgV1, by: 'admin' })
  send(@CurrentActor() actor: Actor, @Input() input: SendMessage): Promise<SentMessage> {
    return this.messages.send(actor, input);
  }
}
