import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { Role } from '../core/protocol.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { CreateGroup } from './founding.js';
import { type DismissGroup, GroupsService, type GroupSummary, type SetGroupInfo } from './groups.service.js';
import { createGroupV1 } from './wire/v1.js';
import { createGroupV3, dismissGroupV3, muteGroupV3, setGroupInfoExV3, setGroupInfoV3 } from './wire/v3.js';

@ImController('groups')
export class GroupsController {
  constructor(private readonly groups: GroupsService) {}

  @ImCall({
    path: 'group/create_group',
    summary: 'Creates a group with its members',
    v1: createGroupV1,
    v3: createGroupV3,
    by: { v1: 'admin-or-self', v3: 'token' },
  })
  create(@CurrentActor() actor: Actor, @Input() input: CreateGroup): Promise<GroupSummary> {
    // v3 refuses who would found a group for somebody else.
    if (actor.isAdmin || input.allOrNothing) return this.groups.create(actor, input);
    // An ordinary caller of v1 gets here only where v1SelfService is on, and then owns the group itself.
    const others = input.members.filter(({ role }) => role !== Role.owner);
    return this.groups.create(actor, { ...input, members: [{ userID: actor.userID, role: Role.owner }, ...others] });
  }

  @ImCall({
    path: 'group/set_group_info',
    summary: 'Sets what a group says of itself; empty texts leave it as it is',
    v3: setGroupInfoV3,
    by: 'token',
  })
  setInfo(@CurrentActor() actor: Actor, @Input() input: SetGroupInfo): Promise<void> {
    return this.groups.setInfo(actor, input);
  }

  @ImCall({
    path: 'group/set_group_info_ex',
    summary: 'Sets what a group says of itself; what is given is set, be it to nothing',
    v3: setGroupInfoExV3,
    by: 'token',
  })
  setInfoEx(@CurrentActor() actor: Actor, @Input() input: SetGroupInfo): Promise<void> {
    return this.groups.setInfo(actor, input);
  }

  @ImCall({ path: 'group/dismiss_group', summary: 'Ends a group', v3: dismissGroupV3, by: 'token' })
  dismiss(@CurrentActor() actor: Actor, @Input() input: DismissGroup): Promise<void> {
    return this.groups.dismiss(actor, input);
  }

  @ImCall({
    path: 'group/mute_group',
    summary: 'Lets only the owner and administrators write',
    v3: muteGroupV3,
    by: 'token',
  })
  mute(@CurrentActor() actor: Actor, @Input() groupID: string): Promise<void> {
    return this.groups.setMuted(actor, groupID, true);
  }

  @ImCall({ path: 'group/cancel_mute_group', summary: 'Lets everybody write again', v3: muteGroupV3, by: 'token' })
  unmute(@CurrentActor() actor: Actor, @Input() groupID: string): Promise<void> {
    return this.groups.setMuted(actor, groupID, false);
  }
}
