import { Injectable } from '@nestjs/common';
import { ContentType, MessageFrom, SessionType } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { FriendsImported } from '../../friends/friend.events.js';
import { GroupCreated, MembersInvited, MembersKicked } from '../../groups/group.events.js';
import type { GroupMember } from '../../groups/group-member.entity.js';
import { GroupsService } from '../../groups/groups.service.js';
import { UsersService } from '../../users/users.service.js';
import { ConversationStore } from '../conversation.store.js';
import { MessageStore } from '../message.store.js';
import { outgoing, type OutgoingMessage, type SendMessage } from '../outgoing.js';
import { groupTip, memberTip, operatorTip } from './tips.js';

/** Invited members one notification names at most. Source: contract/notifications.md section 7. */
const INVITED_PER_NOTIFICATION = 50;

/** The log of member changes is not kept: clients then ask for the members instead of applying the change. Source: contract/sync.md section 2. */
const NO_VERSION = { groupMemberVersion: 0, groupMemberVersionID: '' };

/**
 * Turns facts about friends and groups into the messages users see of them ("you are friends now", "Ann invited Bob"),
 * stored in the transaction of the change itself. Source: contract/notifications.md.
 */
@Injectable()
export class NotificationsService {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly conversations: ConversationStore,
    private readonly messages: MessageStore,
  ) {}

  /** 1201, one per friendship, from the friend to the owner. */
  @OnImEvent(FriendsImported, { phase: 'in-transaction' })
  async befriended({ ownerUserID, friendUserIDs }: FriendsImported): Promise<void> {
    await this.messages.append(
      friendUserIDs.map((friendUserID) =>
        notification({
          contentType: ContentType.friendApproved,
          sendID: friendUserID,
          recvID: ownerUserID,
          sessionType: SessionType.single,
          push: 'Someone applies to add your friend application',
          detail: {
            fromToUserID: { fromUserID: ownerUserID, toUserID: friendUserID },
            handleMsg: '',
            friendVersion: 0,
            friendVersionID: '',
            request: null,
          },
        }),
      ),
    );
  }

  /** 1501, and 1519 when the new group has an announcement. */
  @OnImEvent(GroupCreated, { phase: 'in-transaction' })
  async groupCreated({ actor, group, members }: GroupCreated): Promise<void> {
    const users = await this.users.getAll([
      actor.userID,
      ...members.slice(0, INVITED_PER_NOTIFICATION).map(({ userID }) => userID),
    ]);
    const shown = members
      .slice(0, INVITED_PER_NOTIFICATION)
      .map((member) => memberTip(member, users.get(member.userID)));
    const summary = groupTip({ group, memberCount: members.length, ownerUserID: members[0]?.userID ?? '' });
    const opUser = operatorTip(
      group.groupID,
      actor,
      members.find(({ userID }) => userID === actor.userID),
      users.get(actor.userID),
    );
    const base = {
      sendID: actor.userID || group.creatorUserID,
      groupID: group.groupID,
      sessionType: SessionType.group,
    };
    await this.messages.append([
      notification({
        ...base,
        contentType: ContentType.groupCreated,
        detail: {
          group: summary,
          opUser,
          memberList: shown,
          operationTime: group.createTime,
          groupOwnerUser: shown[0],
          ...NO_VERSION,
        },
      }),
      ...(group.notification
        ? [
            notification({
              ...base,
              contentType: ContentType.groupAnnouncement,
              detail: { opUser, group: summary, ...NO_VERSION },
            }),
          ]
        : []),
    ]);
  }

  /** The conversation for the new members, then 1509 for every fifty of them. */
  @OnImEvent(MembersInvited, { phase: 'in-transaction' })
  async membersInvited({ actor, group, members }: MembersInvited): Promise<void> {
    await this.conversations.joinGroup(
      group.groupID,
      members.map(({ userID }) => userID),
    );
    await this.tellGroup({ actor, group, members }, ContentType.memberInvited, (invitedUserList, opUser) => ({
      invitedUserList,
      inviterUser: opUser,
    }));
  }

  /** 1508, which the removed members still read, then their conversations end. */
  @OnImEvent(MembersKicked, { phase: 'in-transaction' })
  async membersKicked({ actor, group, members }: MembersKicked): Promise<void> {
    await this.tellGroup({ actor, group, members }, ContentType.memberKicked, (kickedUserList) => ({ kickedUserList }));
    await this.conversations.leaveGroup(
      group.groupID,
      members.map(({ userID }) => userID),
    );
  }

  private async tellGroup(
    { actor, group, members }: MembersInvited | MembersKicked,
    contentType: number,
    describe: (members: object[], opUser: object) => object,
  ): Promise<void> {
    const { groupID } = group;
    const users = await this.users.getAll([actor.userID, ...members.map(({ userID }) => userID)]);
    const self = await this.groups.findMember(groupID, actor.userID);
    const opUser = operatorTip(groupID, actor, self, users.get(actor.userID));
    const summary = groupTip(await this.groups.summarize(group));
    const tips = slices(members).map((slice) =>
      notification({
        contentType,
        sendID: actor.userID || group.creatorUserID,
        groupID,
        sessionType: SessionType.group,
        detail: {
          group: summary,
          opUser,
          ...describe(
            slice.map((member) => memberTip(member, users.get(member.userID))),
            opUser,
          ),
          operationTime: 0,
          ...NO_VERSION,
        },
      }),
    );
    await this.messages.append(tips);
  }
}

function slices(members: readonly GroupMember[]): GroupMember[][] {
  const all: GroupMember[][] = [];
  for (let start = 0; start < members.length; start += INVITED_PER_NOTIFICATION) {
    all.push(members.slice(start, start + INVITED_PER_NOTIFICATION));
  }
  return all;
}

/** The stored copy of a notification. `push`: text shown to who is offline; without it there is no offline push. */
function notification({
  detail,
  push,
  ...message
}: Pick<SendMessage, 'contentType' | 'sendID' | 'recvID' | 'groupID'> & {
  sessionType: SessionType;
  detail: object;
  push?: string;
}): OutgoingMessage {
  return outgoing({
    ...message,
    content: JSON.stringify({ detail: JSON.stringify(detail) }),
    msgFrom: MessageFrom.system,
    options: { offlinePush: push !== undefined, unreadCount: true },
    ...(push === undefined ? {} : { offlinePushInfo: { title: push, desc: push, ex: push } }),
  });
}
