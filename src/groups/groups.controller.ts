import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { Role } from '../core/protocol.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import type { Group } from './group.entity.js';
import { type CreateGroup, type GroupUsers, GroupsService } from './groups.service.js';
import { createGroupV1, inviteUserToGroupV1, kickGroupV1 } from './wire/v1.js';

@ImController('groups')
export class GroupsController {
  constructor(private readonly groups: GroupsService) {}

  @ImCall({
    path: 'group/create_group',
    summary: 'Creates a group with its members',
    v1: createGroupV1,
    by: 'admin-or-self',
  })
  create(@CurrentActor() actor: Actor, @Input() input: CreateGroup): Promise<Group> {
    if (actor.isAdmin) return this.groups.create(actor, input);
    // An ordinary caller gets here only where v1SelfService is on, and then owns the group itself.
    const others = input.members.filter(({ role }) => role !== Role.owner);
    return this.groups.create(actor, { ...input, members: [{ userID: actor.userID, role: Role.owner }, ...others] });
  }

  @ImCall({
    path: 'group/invite_user_to_group',
    summary: 'Adds users to a group without asking them',
    v1: inviteUserToGroupV1,
    by: 'admin-or-self',
  })
  invite(@CurrentActor() actor: Actor, @Input() input: GroupUsers): Promise<Set<string>> {
    return this.groups.invite(actor, input);
  }

  @ImCall({ path: 'group/kick_group', summary: 'Removes members from a group', v1: kickGroupV1, by: 'admin-or-self' })
  kick(@CurrentActor() actor: Actor, @Input() input: GroupUsers): Promise<Set<string>> {
    return this.groups.kick(actor, input);
  }
}
