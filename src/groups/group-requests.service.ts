import { Injectable } from '@nestjs/common';
import type { Actor } from '../core/actor.js';
import type { Group } from './group.entity.js';

/** Stand-in until the branch groups-query is merged, whose file wins. */
@Injectable()
export class GroupRequests {
  async propose(
    _actor: Actor,
    _group: Group,
    _invitees: readonly { userID: string; inviterUserID: string; joinSource: number; reqMsg: string; ex: string }[],
  ): Promise<void> {}
}
