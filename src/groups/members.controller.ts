import { CurrentActor } from '../access/current-actor.js';
import type { Actor } from '../core/actor.js';
import { ImCall, ImController, Input } from '../dialects/im-call.js';
import {
  type GroupUsers,
  MembersService,
  type MuteMember,
  type QuitGroup,
  type SetMemberInfo,
  type TransferGroup,
} from './members.service.js';
import { inviteUserToGroupV1, kickGroupV1 } from './wire/v1.js';
import {
  cancelMuteGroupMemberV3,
  inviteUserToGroupV3,
  kickGroupV3,
  muteGroupMemberV3,
  quitGroupV3,
  setGroupMemberInfoV3,
  transferGroupV3,
} from './wire/v3-members.js';

@ImController('groups')
export class MembersController {
  constructor(private readonly members: MembersService) {}

  @ImCall({
    path: 'group/invite_user_to_group',
    summary: 'Adds users to a group without asking them',
    v1: inviteUserToGroupV1,
    v3: inviteUserToGroupV3,
    by: { v1: 'admin-or-self', v3: 'token' },
  })
  invite(@CurrentActor() actor: Actor, @Input() input: GroupUsers): Promise<Set<string>> {
    return this.members.invite(actor, input);
  }

  @ImCall({
    path: 'group/kick_group',
    summary: 'Removes members from a group',
    v1: kickGroupV1,
    v3: kickGroupV3,
    by: { v1: 'admin-or-self', v3: 'token' },
  })
  kick(@CurrentActor() actor: Actor, @Input() input: GroupUsers): Promise<Set<string>> {
    return this.members.kick(actor, input);
  }

  @ImCall({ path: 'group/quit_group', summary: 'Leaves a group', v3: quitGroupV3, by: 'token' })
  quit(@CurrentActor() actor: Actor, @Input() input: QuitGroup): Promise<void> {
    return this.members.quit(actor, input);
  }

  @ImCall({ path: 'group/transfer_group', summary: 'Gives a group another owner', v3: transferGroupV3, by: 'token' })
  transfer(@CurrentActor() actor: Actor, @Input() input: TransferGroup): Promise<void> {
    return this.members.transfer(actor, input);
  }

  @ImCall({
    path: 'group/mute_group_member',
    summary: 'Keeps a member from writing for a while',
    v3: muteGroupMemberV3,
    by: 'token',
  })
  mute(@CurrentActor() actor: Actor, @Input() input: MuteMember): Promise<void> {
    return this.members.setMute(actor, input);
  }

  @ImCall({
    path: 'group/cancel_mute_group_member',
    summary: 'Lets a member write again',
    v3: cancelMuteGroupMemberV3,
    by: 'token',
  })
  unmute(@CurrentActor() actor: Actor, @Input() input: MuteMember): Promise<void> {
    return this.members.setMute(actor, input);
  }

  @ImCall({
    path: 'group/set_group_member_info',
    summary: "Sets members' names in their groups, and their roles",
    v3: setGroupMemberInfoV3,
    by: 'token',
  })
  setInfo(@CurrentActor() actor: Actor, @Input() input: SetMemberInfo[]): Promise<void> {
    return this.members.setInfo(actor, input);
  }
}
