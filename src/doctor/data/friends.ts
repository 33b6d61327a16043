import { FriendAnswer } from '../../core/protocol.js';
import type { Area } from '../check.js';
import { rule } from './rule.js';

/** Rows of two users who are one and the same, or one of whom is not registered. */
function twoUsers(table: string, one: string, other: string): string {
  return `
    SELECT t.${one}, t.${other} FROM ${table} t
    WHERE t.${one} = t.${other}
      OR NOT EXISTS (SELECT 1 FROM im_users u WHERE u.userID = t.${one})
      OR NOT EXISTS (SELECT 1 FROM im_users u WHERE u.userID = t.${other})`;
}

/** Source: `Friendships`, `BlacksService`, `FriendRequestsService`. Friends need not list each other: who strikes one off stays listed. */
export const FRIENDS: Area = {
  title: 'Friends',
  checks: [
    rule({
      name: 'friends.users',
      title: 'friends are two registered users',
      broken: twoUsers('im_friends', 'ownerUserID', 'friendUserID'),
      advice: 'Delete the rows.',
    }),
    rule({
      name: 'friends.blacks',
      title: 'who blocks and who is blocked are two registered users',
      broken: twoUsers('im_blacks', 'ownerUserID', 'blackUserID'),
      advice: 'Delete the rows.',
    }),
    rule({
      name: 'friends.requests',
      title: 'requests are between two registered users',
      broken: twoUsers('im_friend_requests', 'fromUserID', 'toUserID'),
      advice: 'Delete the requests.',
    }),
    rule({
      name: 'friends.answers',
      title: 'a request was answered at some time, or is open',
      broken: `
        SELECT fromUserID, toUserID, handleResult, handleTime FROM im_friend_requests
        WHERE handleResult NOT IN (${Object.values(FriendAnswer).join(', ')})
          OR (handleResult = ${FriendAnswer.open}) <> (handleTime = 0)`,
      advice: 'Delete the requests: who made them may ask again.',
    }),
  ],
};
