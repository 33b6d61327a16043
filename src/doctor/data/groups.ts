import { GroupStatus, HandleResult, Role } from '../../core/protocol.js';
import type { Area } from '../check.js';
import { rule, withoutUser } from './rule.js';

/** Source: `Membership`, `GroupRequests`. A group without an owner is sound: an administrator may have removed him. */
export const GROUPS: Area = {
  title: 'Groups',
  checks: [
    rule({
      name: 'groups.members',
      title: 'members are in groups that are there and not dismissed',
      broken: `
        SELECT m.groupID, m.userID, g.status FROM im_group_members m LEFT JOIN im_groups g ON g.groupID = m.groupID
        WHERE g.groupID IS NULL OR g.status = ${GroupStatus.dismissed}`,
      advice: 'Delete the members.',
    }),
    rule({
      name: 'groups.users',
      title: 'members are registered users',
      broken: withoutUser('im_group_members', 'userID', ['groupID']),
      advice: 'Delete the members, or register the users.',
    }),
    rule({
      name: 'groups.one-owner',
      title: 'no group has two owners',
      broken: `
        SELECT groupID, COUNT(*) AS owners FROM im_group_members WHERE roleLevel = ${Role.owner}
        GROUP BY groupID HAVING COUNT(*) > 1`,
      advice: 'Make all but one of them ordinary members.',
    }),
    rule({
      name: 'groups.roles',
      title: 'members are owners, administrators or ordinary',
      broken: `
        SELECT groupID, userID, roleLevel FROM im_group_members
        WHERE roleLevel NOT IN (${Object.values(Role).join(', ')})`,
      advice: `Set roleLevel to ${Role.member}.`,
    }),
    rule({
      name: 'groups.requests',
      title: 'requests are of registered users, to groups that are there',
      broken: `
        SELECT r.groupID, r.userID FROM im_group_requests r
        WHERE NOT EXISTS (SELECT 1 FROM im_groups g WHERE g.groupID = r.groupID)
          OR NOT EXISTS (SELECT 1 FROM im_users u WHERE u.userID = r.userID)`,
      advice: 'Delete the requests.',
    }),
    rule({
      name: 'groups.answers',
      title: 'a request was answered by somebody, or waits',
      broken: `
        SELECT groupID, userID, handleResult, handleUserID, handleTime FROM im_group_requests
        WHERE handleResult NOT IN (${Object.values(HandleResult).join(', ')})
          OR (handleResult = ${HandleResult.pending}) <> (handleTime = 0)`,
      advice: 'Delete the requests: who made them may ask again.',
    }),
  ],
};
