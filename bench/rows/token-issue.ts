import { IM_SECRET, adminToken, addUsers } from '../client/population.js';
import { NUMBER } from '../client/rest-request.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const ANDROID = 2;

const TOKEN = { table: 'im_user_tokens', newestBy: 'issuedAt', unique: ['tokenHash'] };

export const tokenIssue: Row = {
  name: 'token-issue',
  about: 'logins: each one a token signed and stored',

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const { apiPort } = rest.server;
    // So many that hardly one logs in twice: kicking what he held is another measurement.
    const among = bench.size(100_000, 20_000);
    await addUsers(rest.server, among);
    const token = await adminToken(apiPort);
    const userID = `u${NUMBER}`;
    return rest.some([
      {
        what: 'v3, auth/get_user_token',
        requests: [{ path: '/auth/get_user_token', token, body: JSON.stringify({ userID, platformID: ANDROID }) }],
        among,
        inserts: TOKEN,
      },
      {
        what: 'v1, auth/user_token',
        requests: [
          {
            path: '/auth/user_token',
            body: JSON.stringify({ operationID: 'bench', secret: IM_SECRET, platform: ANDROID, uid: userID }),
          },
        ],
        among,
      },
    ]);
  },
};
