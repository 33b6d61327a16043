import type { Im } from '../support/im.js';
import { upload } from '../support/objects.js';

/** Everybody of the world. */
const PEOPLE = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];

const NOBODY = { isSyncSelf: false, isSyncOther: false };
const EVERYBODY = { isSyncSelf: true, isSyncOther: true };

/**
 * A database in which everything that may happen has happened: friends struck off, groups left and dismissed, messages
 * hidden, revoked, deleted and cleared, conversations deleted and brought back, a user deleted.
 *
 * - `team`: ann owns it, bob and cid are in it, dan left, fay is deleted; `gone` is dismissed; `mute` has no message
 * - `si_ann_bob` has messages; bob deleted `si_bob_cid` from his list; in `si_ann_cid` one is deleted for everybody
 */
export async function buildWorld(im: Im): Promise<void> {
  await im.register(...PEOPLE);
  const admin = await im.adminToken();
  const tokens = new Map([['admin', admin]]);
  for (const userID of PEOPLE) tokens.set(userID, await im.tokenOf(userID));
  const as = async (who: string, path: string, body: object): Promise<any> => {
    const answer = await im.v3(path, body, tokens.get(who));
    if (answer.body?.errCode !== 0) throw new Error(`${who} could not ${path}: ${answer.text}`);
    return answer.body.data;
  };
  const write = (sendID: string, to: { recvID: string } | { groupID: string }, more: object = {}) =>
    as('admin', '/msg/send_msg', {
      sendID,
      ...to,
      sessionType: 'groupID' in to ? 3 : 1,
      contentType: 101,
      content: { content: 'hello' },
      ...more,
    });

  await as('admin', '/friend/import_friend', { ownerUserID: 'ann', friendUserIDs: ['bob', 'cid', 'fay'] });
  await as('bob', '/friend/delete_friend', { ownerUserID: 'bob', friendUserID: 'ann' });
  await as('dan', '/friend/add_friend', { fromUserID: 'dan', toUserID: 'ann', reqMsg: 'hi' });
  await as('ann', '/friend/add_friend_response', { fromUserID: 'dan', toUserID: 'ann', handleResult: 1 });
  await as('eve', '/friend/add_friend', { fromUserID: 'eve', toUserID: 'ann', reqMsg: 'hi' });
  await as('ann', '/friend/add_black', { ownerUserID: 'ann', blackUserID: 'eve' });
  await as('cid', '/friend/add_black', { ownerUserID: 'cid', blackUserID: 'eve' });
  await as('cid', '/friend/remove_black', { ownerUserID: 'cid', blackUserID: 'eve' });

  const found = (groupID: string, memberUserIDs: string[], more: object = {}) =>
    as('admin', '/group/create_group', {
      ownerUserID: 'ann',
      memberUserIDs,
      groupInfo: { groupID, groupName: groupID, groupType: 2 },
      ...more,
    });
  await found('team', ['bob', 'dan', 'fay']);
  await found('gone', ['bob', 'cid']);
  await found('mute', ['bob'], { sendMessage: false });
  await as('ann', '/group/invite_user_to_group', { groupID: 'team', invitedUserIDs: ['cid'] });
  await as('ann', '/group/invite_user_to_group', {
    groupID: 'mute',
    invitedUserIDs: ['cid', 'fay'],
    sendMessage: false,
  });
  await as('eve', '/group/join_group', { groupID: 'team', joinSource: 3, inviterUserID: 'eve', reqMessage: 'me too' });
  await as('ann', '/group/mute_group_member', { groupID: 'team', userID: 'bob', mutedSeconds: 1 });
  await as('ann', '/group/set_group_info_ex', { groupID: 'team', notification: 'hear' });
  for (const sendID of ['ann', 'cid', 'dan']) await write(sendID, { groupID: 'team' });
  await as('dan', '/group/quit_group', { groupID: 'team', userID: 'dan' });
  await write('ann', { groupID: 'team' });
  await as('ann', '/group/dismiss_group', { groupID: 'gone' });

  for (const [a, b] of ['ann bob', 'bob ann', 'ann cid', 'ann cid', 'cid ann', 'bob cid', 'bob cid'].map((pair) =>
    pair.split(' '),
  )) {
    await write(a, { recvID: b });
  }
  const annBob = 'si_ann_bob';
  await as('bob', '/msg/mark_conversation_as_read', { userID: 'bob', conversationID: annBob, hasReadSeq: 3, seqs: [] });
  await as('ann', '/msg/delete_msgs', { userID: 'ann', conversationID: annBob, seqs: [2], deleteSyncOpt: NOBODY });
  await as('ann', '/msg/revoke_msg', { userID: 'ann', conversationID: annBob, seq: 2 });
  await as('ann', '/msg/delete_msgs', {
    userID: 'ann',
    conversationID: 'si_ann_cid',
    seqs: [2],
    deleteSyncOpt: EVERYBODY,
  });
  await as('cid', '/msg/clear_conversation_msg', {
    userID: 'cid',
    conversationIDs: ['si_bob_cid'],
    deleteSyncOpt: NOBODY,
  });
  const conversations = ['si_bob_cid'];
  await as('bob', '/conversation/delete_conversations', { ownerUserID: 'bob', conversationIDs: conversations });
  await as('cid', '/conversation/delete_conversations', { ownerUserID: 'cid', conversationIDs: ['sg_team'] });
  await write('ann', { groupID: 'team' });
  await as('ann', '/conversation/set_conversations', {
    userIDs: ['ann'],
    conversation: { conversationID: annBob, conversationType: 1, userID: 'bob', recvMsgOpt: 2 },
  });

  await as('ann', '/user/process_user_command_add', { userID: 'ann', type: 1, uuid: 'one', value: 'v' });
  await as('admin', '/user/set_user_client_config', { userID: 'ann', configs: { theme: 'dark' } });
  await as('admin', '/user/set_user_client_config', { userID: '', configs: { theme: 'light' } });
  await as('ann', '/third/fcm_update_token', { platformID: 1, fcmToken: 'token', account: 'ann' });
  await as('ann', '/third/set_app_badge', { userID: 'ann', appUnreadCount: 1 });
  await upload(im, tokens.get('ann') as string, 'ann/picture', Buffer.from('picture'));
  await as('ann', '/object/initiate_form_data', { name: 'ann/film', size: 10, contentType: 'x/y' });
  await sendToAll(as);
  await as('admin', '/user/update_user_info', { userInfo: { userID: 'cid', nickname: 'Cid' } });
  await im.v1('/manager/delete_user', { deleteUidList: ['fay'] }, admin);
}

/** A message to everybody, until everybody has it. */
async function sendToAll(as: (who: string, path: string, body: object) => Promise<any>): Promise<void> {
  const order = { content: { content: 'to all' }, contentType: 101, sessionType: 1, recvIDs: [], isSendAll: true };
  const { jobID } = await as('admin', '/msg/batch_send_msg', { sendID: 'openIM123456', ...order });
  for (const limit = Date.now() + 45_000; Date.now() < limit;) {
    if ((await as('admin', '/msg/get_send_job', { jobID })).state === 'finished') return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the message to everybody never came to an end');
}
