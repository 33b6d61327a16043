import { expect } from 'vitest';
import { AuthService } from '../../src/auth/auth.service.js';
import type { Im } from './im.js';
import { SocketClient, type SocketOptions } from './socket.js';

/** A token for a platform, beside those the user has: nobody is logged out. */
export async function tokenBeside(im: Im, userID: string, platformID: number): Promise<string> {
  return (await im.get(AuthService).login({ userID, platformID, dialect: 3 })).token;
}

/** A token for a platform as an AppServer gets it: the multi-login policy ends others. */
export async function tokenInstead(im: Im, userID: string, platformID: number): Promise<string> {
  const { body, text } = await im.v3('/auth/get_user_token', { userID, platformID }, await im.adminToken());
  if (!body?.data?.token) throw new Error(`no token for ${userID}: ${text}`);
  return body.data.token;
}

/** A socket of a user on a platform, with a token beside his others. */
export async function connectOn(
  im: Im,
  userID: string,
  platformID: number,
  options: SocketOptions & { token?: string } = {},
): Promise<SocketClient> {
  const { token = await tokenBeside(im, userID, platformID), ...more } = options;
  return SocketClient.connect(im.url, userID, token, { platformID, ...more });
}

/** The error code with which REST answers a token; 0 when it is good. */
export async function verdictOn(im: Im, token: string): Promise<number> {
  return (await im.v3('/user/get_users_status', { userIDs: ['who'] }, token)).body.errCode;
}

/** He heard 2002, once, without anything in it, and nothing after it. */
export async function expectKicked(socket: SocketClient): Promise<void> {
  await socket.ended();
  expect(socket.pushes).toMatchObject([{ reqIdentifier: 2002, msgIncr: '', operationID: '', errCode: 0, errMsg: '' }]);
  expect(socket.pushes[0].data).toHaveLength(0);
  expect(socket.frames.at(-1)).toBe(socket.pushes[0]);
}

/** He is connected, and heard nothing of a kick. */
export async function expectStays(socket: SocketClient): Promise<void> {
  await socket.get(1001, { userID: socket.userID });
  expect(socket.closed).toBeUndefined();
  expect(socket.pushes).toEqual([]);
}
