import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { ClientConfig } from './client-config.entity.js';
import { ClientConfigService } from './client-config.service.js';
import {
  deleteClientConfigV3,
  type DeleteEntries,
  type FindEntries,
  getClientConfigV3,
  pageClientConfigV3,
  setClientConfigV3,
  type SetEntries,
} from './wire/v3-client-config.js';

@ImController('users')
export class ClientConfigController {
  constructor(private readonly configs: ClientConfigService) {}

  @ImCall({
    path: 'user/get_user_client_config',
    summary: 'Reads the configuration of clients',
    v3: getClientConfigV3,
    by: 'token',
  })
  get(@CurrentActor() actor: Actor, @Input() userID: string): Promise<Map<string, string>> {
    return this.configs.get(actor, userID);
  }

  @ImCall({
    path: 'user/set_user_client_config',
    summary: 'Sets configuration of clients',
    v3: setClientConfigV3,
    by: 'admin',
  })
  set(@Input() { userID, entries }: SetEntries): Promise<void> {
    return this.configs.set(userID, entries);
  }

  @ImCall({
    path: 'user/del_user_client_config',
    summary: 'Deletes configuration of clients',
    v3: deleteClientConfigV3,
    by: 'admin',
  })
  delete(@Input() { userID, keys }: DeleteEntries): Promise<void> {
    return this.configs.delete(userID, keys);
  }

  @ImCall({
    path: 'user/page_user_client_config',
    summary: 'Lists configuration of clients',
    v3: pageClientConfigV3,
    by: 'admin',
  })
  page(@Input() { filter, page }: FindEntries): Promise<{ total: number; entries: ClientConfig[] }> {
    return this.configs.page(filter, page);
  }
}
