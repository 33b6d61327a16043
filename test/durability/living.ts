import { expect } from 'vitest';
import { examine } from '../../src/doctor/examination.js';
import { post } from '../support/http.js';
import { Client, HALL } from './client.js';
import { complaintsOf } from './history-checker.js';
import type { GroupChanged, History, Registered } from './history.js';
import { Random } from './random.js';
import { readStored } from './stored.js';

/** The same seed does the same things; when exactly something is killed is the machine's business too. */
export const SEED = Number(process.env['DURABILITY_SEED'] ?? Math.floor(Math.random() * 2 ** 31));

/** Who lives in these stories. */
export const NAMES = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay'];

const ADMIN = { secret: 'openIM123', platformID: 1, userID: 'openIM123456' };

/** Those who live, each with dice of his own. */
export function clientsOf(history: History): Client[] {
  return NAMES.map((name, index) => {
    const peers = NAMES.filter((other) => other !== name);
    return new Client(name, peers, new Random(SEED + index + 1), history);
  });
}

/** Registers the clients, and founds the group they meet in. */
export async function found(url: string, history: History): Promise<void> {
  const { token } = (await post(`${url}/auth/user_token`, ADMIN, { operationID: 'x' })).body.data;
  const call = async (path: string, body: object): Promise<any> =>
    (await post(url + path, body, { operationID: 'x', token })).body;
  const users = NAMES.map((userID) => ({ userID }));
  await history.record<Registered>({ kind: 'registered', userIDs: NAMES }, () =>
    call('/user/user_register', { secret: 'openIM123', users }),
  );
  const [ownerUserID, ...memberUserIDs] = NAMES;
  const groupInfo = { groupID: HALL, groupName: HALL, groupType: 2 };
  await history.record<GroupChanged>({ kind: 'group', groupID: HALL, change: 'created', userIDs: NAMES }, () =>
    call('/group/create_group', { ownerUserID, memberUserIDs, groupInfo }),
  );
}

/** What was told is stored, and what is stored is sound. */
export async function soundness(databaseUrl: string, history: History): Promise<void> {
  const stored = await readStored(databaseUrl);
  const complaints = complaintsOf(history.operations, stored);
  expect({ seed: SEED, complaints }).toEqual({ seed: SEED, complaints: [] });
  const nowhere = { API_PORT: '0', LEGACY_API_PORT: '0', WS_PORT: '0' };
  const results = await examine({ DATABASE_URL: databaseUrl, ...nowhere }, { dense: true, thorough: true });
  const sick = results.filter(({ level }) => level === 'problem' || level === 'unchecked');
  expect({ seed: SEED, sick }).toEqual({ seed: SEED, sick: [] });
}
