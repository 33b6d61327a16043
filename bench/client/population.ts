import { Copies } from './copies.js';
import { gobCodec } from './gob-codec.js';
import { jsonCodec } from './json-codec.js';
import type { CodecName } from './codec.js';
import type { Login } from './connection.js';
import { call, exchange } from './rest.js';
import { FIRST_NUMBER } from './rest-request.js';
import { issueTokens } from './tokens.js';

/** Most entries one call may carry. */
const BULK = 1000;

/** With which an AppServer logs users in. */
export const IM_SECRET = 'openIM123';
const ADMIN = 'openIM123456';
const ANDROID = 2;

/** A token of an administrator. */
export async function adminToken(port: number): Promise<string> {
  const { token } = await call<{ token: string }>(port, '/auth/get_admin_token', {
    secret: IM_SECRET,
    userID: ADMIN,
  });
  return token;
}

/** A v1 token of an administrator. */
export async function adminTokenV1(port: number): Promise<string> {
  const body = JSON.stringify({ secret: IM_SECRET, platform: ANDROID, uid: ADMIN, operationID: 'bench' });
  const { data } = await exchange(port, { path: '/auth/user_token', body });
  return (data as { token: string }).token;
}

/** A server to be filled. */
interface Target {
  readonly apiPort: number;
  readonly databaseUrl: string;
}

/** Registers `count` users and logs each in; `codecOf` says how he will speak. */
export async function populate(target: Target, count: number, codecOf: (index: number) => CodecName): Promise<Login[]> {
  const userIDs = await register(target.apiPort, count);
  return logIn(target, userIDs, codecOf);
}

let registrations = 0;

/** Registers `count` users nobody else gets. Answers their IDs. */
export async function register(port: number, count: number): Promise<string[]> {
  const admin = await adminToken(port);
  const userIDs = names(count, `u${++registrations}_`);
  for (const some of slices(userIDs)) {
    const users = some.map((userID) => ({ userID, nickname: userID }));
    await call(port, '/user/user_register', { users }, admin);
  }
  return userIDs;
}

/** Adds users by the ten thousand until there are so many: `u` and a number, from FIRST_NUMBER on. */
export async function addUsers({ databaseUrl }: Pick<Target, 'databaseUrl'>, count: number): Promise<void> {
  await Copies.in(databaseUrl, async (copies) => {
    const pattern = `u${String(FIRST_NUMBER).replaceAll('0', '_')}`;
    const [{ there }] = (await copies.query('SELECT COUNT(*) AS there FROM im_users WHERE userID LIKE ?', [
      pattern,
    ])) as [{ there: number | string }];
    await copies.add({
      table: 'im_users',
      model: { userID: ADMIN },
      set: { userID: `'u' || n`, nickname: `'user ' || n`, appMangerLevel: '1' },
      from: FIRST_NUMBER + Number(there),
      count: count - Number(there),
    });
  });
}

/** Logs users in once more, on the platform where one speaks as `codecOf` says. */
export async function logIn(
  { databaseUrl }: Target,
  userIDs: readonly string[],
  codecOf: (index: number) => CodecName,
): Promise<Login[]> {
  const codecs = userIDs.map((_, index) => codecOf(index));
  const bearers = userIDs.map((userID, index) => ({
    userID,
    platformID: (codecs[index] === 'json' ? jsonCodec : gobCodec).platformID,
  }));
  const tokens = await issueTokens(databaseUrl, bearers);
  return userIDs.map((userID, index) => ({ userID, token: tokens[index], codec: codecs[index] }));
}

/** Logins the bare server takes: it asks for no token. Their length is that of real ones, for the handshake's sake. */
export function strangers(count: number, codecOf: (index: number) => CodecName): Login[] {
  const token = 'x'.repeat(200);
  return names(count).map((userID, index) => ({ userID, token, codec: codecOf(index) }));
}

/** Founds a group of all these users, of whom the first is the owner. Answers its ID. */
export async function foundGroup(port: number, userIDs: readonly string[]): Promise<string> {
  const admin = await adminToken(port);
  const [owner, ...others] = userIDs;
  const [first = [], ...rest] = slices(others, BULK - 1);
  const { groupInfo } = await call<{ groupInfo: { groupID: string } }>(
    port,
    '/group/create_group',
    { groupInfo: { groupName: 'everybody', groupType: 2 }, ownerUserID: owner, memberUserIDs: first },
    admin,
  );
  for (const invitedUserIDs of rest) {
    await call(port, '/group/invite_user_to_group', { groupID: groupInfo.groupID, invitedUserIDs }, admin);
  }
  return groupInfo.groupID;
}

function names(count: number, prefix = 'u'): string[] {
  return Array.from({ length: count }, (_, index) => prefix + index);
}

function slices<T>(list: readonly T[], size = BULK): T[][] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) => list.slice(at * size, (at + 1) * size));
}
