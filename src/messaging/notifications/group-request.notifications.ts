import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Actor } from '../../core/actor.js';
import { ContentType, HandleResult } from '../../core/protocol.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { GroupQueries } from '../../groups/group-queries.service.js';
import type { Group } from '../../groups/group.entity.js';
import { GroupJoinRequested, GroupRequestAnswered, MemberEntered } from '../../groups/group-requests.events.js';
import { GroupsService } from '../../groups/groups.service.js';
import { groupRequestView } from '../../groups/wire/v3-requests.js';
import { publicUserView } from '../../users/wire/v3-views.js';
import { UsersService } from '../../users/users.service.js';
import { GroupConversations } from '../group-conversations.js';
import { GroupTips } from './group.tips.js';
import { type Notice, Notifier } from './notifier.js';
import { operatorTip } from './tips.js';

/** Who is told of the answer to a request, and why. Source: contract/notifications.md section 7. */
const Receiver = { applicant: 0, admin: 1 } as const;

/** What users hear of requests to join groups, and of those who join. Source: contract/notifications.md section 7. */
@Injectable()
export class GroupRequestNotifications {
  constructor(
    private readonly users: UsersService,
    private readonly groups: GroupsService,
    private readonly queries: GroupQueries,
    private readonly tips: GroupTips,
    private readonly conversations: GroupConversations,
    private readonly notifier: Notifier,
  ) {}

  /** 1503, for every request to those who decide, to who made it and to who acted. */
  @OnImEvent(GroupJoinRequested, { phase: 'in-transaction' })
  async requested({ actor, group, requests }: GroupJoinRequested): Promise<void> {
    const scene = await this.tips.scene(actor, group);
    const managerIDs = await this.queries.managerIDs(group.groupID);
    const users = await this.users.getAll(requests.flatMap(({ userID, inviterUserID }) => [userID, inviterUserID]));
    const notices = requests.flatMap((request) => {
      const maker = request.inviterUserID || request.userID;
      const applicant = users.get(maker);
      const detail = {
        group: scene.group,
        applicant: applicant ? publicUserView(applicant) : null,
        reqMsg: request.reqMsg,
        uuid: randomUUID(),
        request: groupRequestView(request, { user: users.get(request.userID), groupInfo: null }),
      };
      const told = new Set([...managerIDs, maker, ...(actor.userID ? [actor.userID] : [])]);
      return eachOnce(
        [...told].map((recvID) => single(ContentType.joinGroupApplication, actor, group, { recvID, detail })),
      );
    });
    await this.notifier.tell(notices);
  }

  /** 1505 or 1506, to those who decide and to who wanted to join. */
  @OnImEvent(GroupRequestAnswered, { phase: 'in-transaction' })
  async answered({ actor, group, request }: GroupRequestAnswered): Promise<void> {
    const { group: groupInfo, opUser } = await this.tips.scene(actor, group);
    const user = await this.users.find(request.userID);
    const managerIDs = await this.queries.managerIDs(group.groupID);
    const contentType =
      request.handleResult === HandleResult.accepted
        ? ContentType.groupApplicationAccepted
        : ContentType.groupApplicationRejected;
    const uuid = randomUUID();
    const notice = (recvID: string, receiverAs: number): Notice =>
      single(contentType, actor, group, {
        recvID,
        detail: {
          group: groupInfo,
          opUser,
          handleMsg: request.handleMsg,
          receiverAs,
          uuid,
          request: groupRequestView(request, { user, groupInfo: null }),
        },
      });
    await this.notifier.tell(
      eachOnce([
        ...managerIDs.map((userID) => notice(userID, Receiver.admin)),
        notice(request.userID, Receiver.applicant),
      ]),
    );
  }

  /** The conversation for the new member, 1509 when somebody had proposed him, else 1510, then 1300 to him. */
  @OnImEvent(MemberEntered, { phase: 'in-transaction' })
  async entered({ actor, group, member, stamp, inviterUserID }: MemberEntered): Promise<void> {
    const { groupID } = group;
    await this.conversations.join(groupID, [member.userID]);
    const scene = await this.tips.scene(actor, group, { members: [member], stamp });
    const entrant = scene.show(member);
    await this.notifier.tell([
      inviterUserID
        ? scene.notice(ContentType.memberInvited, {
            group: scene.group,
            opUser: scene.opUser,
            invitedUserList: [entrant],
            operationTime: 0,
            ...scene.versions,
            inviterUser: await this.inviter(groupID, inviterUserID),
          })
        : scene.notice(ContentType.memberEnter, {
            group: scene.group,
            entrantUser: entrant,
            operationTime: Date.now(),
            ...scene.versions,
          }),
    ]);
    await this.conversations.tellOfJoined(groupID, [member.userID]);
  }

  private async inviter(groupID: string, userID: string): Promise<ReturnType<typeof operatorTip>> {
    const actor = { userID, platformID: 0, isAdmin: false };
    return operatorTip(groupID, actor, await this.groups.findMember(groupID, userID), await this.users.find(userID));
  }
}

/** A notification to one user from who acted. */
function single(
  contentType: number,
  actor: Actor,
  group: Readonly<Group>,
  { recvID, detail }: { recvID: string; detail: object },
): Notice {
  // A host application may act on nobody's behalf.
  return { contentType, sendID: actor.userID || group.creatorUserID, recvID, detail };
}

/**
 * The same news to several users. When its sender is one of them, he hears of it as that, and not of each of the others:
 * JavaScript clients recognise only the first as their own doing.
 */
function eachOnce(notices: readonly Notice[]): Notice[] {
  const toSender = notices.some(({ sendID, recvID }) => sendID === recvID);
  return notices.map((notice) => ({ ...notice, notToSender: toSender && notice.recvID !== notice.sendID }));
}
