import { addUsers, populate } from '../client/population.js';
import { NUMBER } from '../client/rest-request.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const CONNECTIONS = 64;

export const tokenCheckRead: Row = {
  name: 'token-check-read',
  about: 'one profile (user/get_users_info): the token is remembered, the answer is one row found by its key',

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const logins = await populate(rest.server, CONNECTIONS, () => 'json');
    // More than the server remembers, and more than are asked for in a run: nobody is asked for twice.
    const among = bench.size(150_000, 30_000);
    await addUsers(rest.server, among);
    const ask = (userID: string, token: string): { path: string; token: string; body: string } => ({
      path: '/user/get_users_info',
      token,
      body: JSON.stringify({ userIDs: [userID] }),
    });
    const one = (answer: object): void => {
      const { usersInfo } = (answer as { data: { usersInfo: unknown[] | null } }).data;
      if (usersInfo?.length !== 1) throw new Error(`no profile: ${JSON.stringify(answer)}`);
    };
    return rest.some([
      {
        what: 'the same user again and again',
        requests: logins.map(({ userID, token }) => ask(userID, token)),
        check: one,
      },
      {
        what: 'each time another user',
        requests: logins.map(({ token }) => ask(`u${NUMBER}`, token)),
        among,
        check: one,
      },
    ]);
  },
};
