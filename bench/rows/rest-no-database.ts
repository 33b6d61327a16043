import { populate } from '../client/population.js';
import type { Bench } from '../frame/bench.js';
import { RestBench } from '../frame/rest.js';
import type { Line } from '../frame/line.js';
import type { Row } from '../frame/row.js';

const CONNECTIONS = 64;

export const restNoDatabase: Row = {
  name: 'rest-no-database',
  about: 'requests that need nothing from the database: the tokens are remembered',

  async run(bench: Bench): Promise<Line[]> {
    const rest = await RestBench.start(bench);
    const logins = await populate(rest.server, CONNECTIONS, () => 'json');
    return rest.some([
      {
        what: 'msg/get_server_time',
        requests: logins.map(({ token }) => ({ path: '/msg/get_server_time', token, body: '{}' })),
      },
      {
        what: 'auth/parse_token',
        requests: logins.map(({ token }) => ({ path: '/auth/parse_token', body: JSON.stringify({ token }) })),
      },
    ]);
  },
};
