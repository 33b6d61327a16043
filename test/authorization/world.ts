import type { Im } from '../support/im.js';
import type { CallerName, World } from './routes.js';

const MEMBERS = ['stranger', 'member', 'groupAdmin', 'owner'] as const;

/** A word of a body that names one of the users, alone or inside a conversation ID. */
const NAMES = new RegExp(`(?<![A-Za-z])(${MEMBERS.join('|')})(?![A-Za-z0-9])`, 'g');

/** One call's own users, group and chat. */
export interface OwnWorld extends World {
  /** The body with every name replaced by the ID of this world's user. */
  body(template: object): object;
  tokenOf(caller: CallerName): Promise<string>;
}

let worlds = 0;

/** Builds a world nobody else uses, so that what one call changes disturbs no other. */
export async function buildWorld(im: Im): Promise<OwnWorld> {
  const number = (worlds += 1);
  const id = (name: string): string => `${name}${number}`;
  const admin = await im.adminToken();
  await succeed(
    im.v3('/user/user_register', {
      secret: 'openIM123',
      users: MEMBERS.map((name) => ({ userID: id(name), nickname: name })),
    }),
  );
  const created = await succeed(
    im.v1(
      '/group/create_group',
      {
        memberList: [
          { uid: id('owner'), setRole: 1 },
          { uid: id('groupAdmin'), setRole: 2 },
          { uid: id('member'), setRole: 0 },
        ],
        groupName: 'group',
      },
      admin,
    ),
  );
  await succeed(im.v1('/friend/import_friend', { uid: id('owner'), ownerUid: id('member') }, admin));
  // The notification of their friendship is message 1.
  for (const text of ['two', 'three']) {
    const message = { sendID: id('member'), recvID: id('owner'), sessionType: 1, contentType: 101, content: { text } };
    await succeed(
      im.v1('/manager/send_msg', { senderPlatformID: 1, senderNickName: '', senderFaceURL: '', ...message }, admin),
    );
  }
  const groupID: string = created.data.groupID;
  let names = 0;
  return {
    groupID,
    chatID: `si_${id('member')}_${id('owner')}`,
    groupChatID: `sg_${groupID}`,
    fresh: () => `fresh${number}x${(names += 1)}`,
    body: (template) => JSON.parse(JSON.stringify(template).replace(NAMES, (name) => id(name))) as object,
    tokenOf: (caller) => (caller === 'appAdmin' ? im.adminToken() : im.tokenOf(id(caller))),
  };
}

async function succeed(answer: ReturnType<Im['post']>): Promise<any> {
  const { body, text } = await answer;
  if (body?.errCode !== 0) throw new Error(`the world could not be built: ${text}`);
  return body;
}
