import { CurrentActor } from '../../access/current-actor.js';
import type { Actor } from '../../core/actor.js';
import { ImCall, ImController, Input } from '../../dialects/im-call.js';
import { type FoundMessage, MessageSearchService, type SearchMessages } from './message-search.service.js';
import { searchMsgV3 } from './wire/v3.js';

@ImController('messaging')
export class MessageSearchController {
  constructor(private readonly search: MessageSearchService) {}

  @ImCall({ path: 'msg/search_msg', summary: "Searches everybody's messages", v3: searchMsgV3, by: 'admin' })
  find(
    @CurrentActor() actor: Actor,
    @Input() input: SearchMessages,
  ): Promise<{ total: number; found: FoundMessage[] }> {
    return this.search.search(actor, input);
  }
}
