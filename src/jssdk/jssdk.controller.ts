import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import { type ActiveConversations, JssdkService } from './jssdk.service.js';
import { getActiveConversationsV3, getConversationsJssdkV3 } from './wire/v3.js';

@ImController('jssdk')
export class JssdkController {
  constructor(private readonly jssdk: JssdkService) {}

  @ImCall({
    path: 'jssdk/get_active_conversations',
    summary: "Reads the caller's first conversations with their last messages, in JSON or protobuf",
    v3: getActiveConversationsV3,
    by: 'token',
  })
  getActive(@CurrentActor() actor: Actor, @Input() count: number): Promise<ActiveConversations> {
    return this.jssdk.active(actor, count);
  }

  @ImCall({
    path: 'jssdk/get_conversations',
    summary: "Reads conversations of the caller's with their last messages, in JSON or protobuf",
    v3: getConversationsJssdkV3,
    by: 'token',
  })
  getSome(@CurrentActor() actor: Actor, @Input() conversationIDs: string[]): Promise<ActiveConversations> {
    return this.jssdk.some(actor, conversationIDs);
  }
}
