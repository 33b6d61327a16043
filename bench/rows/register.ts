import { adminToken } from '../client/population.js';
import { NUMBER } from '../client/rest-request.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const USER = { table: 'im_users', newestBy: 'createTime', unique: ['userID'] };

export const registerOne: Row = {
  name: 'register-one',
  about: 'user/user_register of one user at a time, from 64 connections',
  run: (bench) => register(bench, { count: 1, connections: 64 }),
};

export const registerThousand: Row = {
  name: 'register-1000',
  about: 'user/user_register of a thousand users at a time, from 4 connections',
  run: (bench) => register(bench, { count: 1000, connections: 4 }),
};

async function register(bench: Bench, { count, connections }: { count: number; connections: number }): Promise<Line[]> {
  const rest = await RestBench.start(bench);
  const token = await adminToken(rest.server.apiPort);
  const users = Array.from({ length: count }, (_, index) => ({
    userID: `r${count}_${NUMBER}_${index}`,
    nickname: `number ${index}`,
    faceURL: 'https://example.org/face.png',
  }));
  return rest.atMost({
    what: `calls, each of ${count}`,
    requests: [{ path: '/user/user_register', token, body: JSON.stringify({ users }) }],
    connections,
    inserts: { ...USER, count },
  });
}
