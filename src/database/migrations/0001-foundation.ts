import type { MigrationInterface, QueryRunner } from 'typeorm';
import { createTable, key, tableKinds } from './table.js';

/** Accounts, tokens, friendships, groups, messages and conversations. */
export class Foundation1700000000001 implements MigrationInterface {
  readonly name = 'Foundation1700000000001';

  async up(runner: QueryRunner): Promise<void> {
    const { id, text, longText, code, flag, big } = await tableKinds(runner);
    const conversationID = text('conversationID', 136);

    await createTable(
      runner,
      'im_users',
      [
        key(id('userID')),
        text('nickname', 255),
        text('faceURL', 1024),
        code('gender'),
        text('phoneNumber', 32),
        text('birthText', 16),
        big('birthSeconds'),
        text('email', 64),
        text('ex', 4096),
        big('createTime'),
        code('appMangerLevel', 1),
        code('globalRecvMsgOpt'),
      ],
      [{ name: 'im_users_by_create_time', columnNames: ['createTime', 'userID'] }],
    );
    await createTable(
      runner,
      'im_user_tokens',
      [
        key(text('tokenHash', 64)),
        id('userID'),
        code('platformID'),
        code('state'),
        code('dialect', 3),
        big('issuedAt'),
        big('expiresAt'),
      ],
      [{ name: 'im_user_tokens_by_user', columnNames: ['userID', 'platformID'] }],
    );
    await createTable(
      runner,
      'im_friends',
      [
        key(id('ownerUserID')),
        key(id('friendUserID')),
        text('remark', 255),
        big('createTime'),
        code('addSource'),
        id('operatorUserID'),
        text('ex', 4096),
        flag('isPinned'),
      ],
      [{ name: 'im_friends_by_friend', columnNames: ['friendUserID'] }],
    );
    await createTable(
      runner,
      'im_blacks',
      [
        key(id('ownerUserID')),
        key(id('blackUserID')),
        big('createTime'),
        code('addSource'),
        id('operatorUserID'),
        text('ex', 4096),
      ],
      [{ name: 'im_blacks_by_black', columnNames: ['blackUserID'] }],
    );
    await createTable(runner, 'im_groups', [
      key(id('groupID')),
      text('groupName', 255),
      text('notification', 4096),
      text('introduction', 4096),
      text('faceURL', 1024),
      big('createTime'),
      text('ex', 4096),
      code('status'),
      id('creatorUserID'),
      code('groupType', 2),
      code('needVerification'),
      code('lookMemberInfo'),
      code('applyMemberFriend'),
      big('notificationUpdateTime'),
      id('notificationUserID'),
    ]);
    await createTable(
      runner,
      'im_group_members',
      [
        key(id('groupID')),
        key(id('userID')),
        text('nickname', 255),
        text('faceURL', 1024),
        code('roleLevel', 20),
        big('joinTime'),
        code('joinSource'),
        id('inviterUserID'),
        id('operatorUserID'),
        big('muteEndTime'),
        text('ex', 4096),
      ],
      [
        { name: 'im_group_members_by_user', columnNames: ['userID', 'joinTime'] },
        { name: 'im_group_members_in_order', columnNames: ['groupID', 'roleLevel', 'joinTime'] },
      ],
    );
    await createTable(
      runner,
      'im_messages',
      [
        key(conversationID),
        key(big('seq')),
        id('sendID'),
        id('recvID'),
        id('groupID'),
        text('clientMsgID', 128),
        text('serverMsgID', 64),
        code('senderPlatformID'),
        text('senderNickname', 255),
        text('senderFaceURL', 1024),
        code('sessionType'),
        code('msgFrom'),
        code('contentType'),
        longText('content'),
        big('sendTime'),
        big('createTime'),
        code('status', 2),
        text('options', 1024),
        longText('offlinePushInfo'),
        longText('atUserIDList'),
        longText('attachedInfo'),
        longText('ex'),
      ],
      [{ name: 'im_messages_once', columnNames: ['conversationID', 'sendID', 'clientMsgID'], isUnique: true }],
    );
    await createTable(runner, 'im_sequences', [key(conversationID), big('maxSeq'), big('minSeq'), big('maxSeqTime')]);
    await createTable(
      runner,
      'im_conversations',
      [
        key(id('ownerUserID')),
        key(conversationID),
        code('conversationType'),
        id('userID'),
        id('groupID'),
        code('recvMsgOpt'),
        flag('isPinned'),
        flag('isPrivateChat'),
        big('burnDuration'),
        code('groupAtType'),
        text('attachedInfo', 4096),
        text('ex', 4096),
        big('minSeq'),
        big('maxSeq'),
        flag('isMsgDestruct'),
        big('msgDestructTime'),
        big('latestMsgDestructTime'),
        big('createTime'),
      ],
      [{ name: 'im_conversations_by_id', columnNames: ['conversationID'] }],
    );
    await createTable(runner, 'im_read_positions', [key(id('userID')), key(conversationID), big('hasReadSeq')]);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [
      'im_read_positions',
      'im_conversations',
      'im_sequences',
      'im_messages',
      'im_group_members',
      'im_groups',
      'im_blacks',
      'im_friends',
      'im_user_tokens',
      'im_users',
    ]) {
      await runner.dropTable(table);
    }
  }
}
