import { DEFAULT_SECRETS } from '../core/settings.js';
import type { ServerConfig } from '../config/environment.js';
import { withoutPassword } from '../database/data-source.js';
import type { RunningServer } from './server.js';
import { VERSION } from '../core/version.js';

/** One screen that says where everything is, with a request that works when pasted. */
export function banner(config: ServerConfig, { apiPort, legacyApiPort, wsPort }: RunningServer): string {
  const host = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host;
  const url = `http://${host}:${apiPort}`;
  const [admin] = config.admins;
  // A secret is shown only where it is public knowledge anyway.
  const secret = config.secrets.find((one) => DEFAULT_SECRETS.includes(one)) ?? '<one of IM_SECRET>';
  return `
  openim-nest ${VERSION}

  REST      ${url}${legacyApiPort === undefined ? '' : `   and   http://${host}:${legacyApiPort}`}
  gateway   ws://${host}:${wsPort ?? apiPort}${wsPort === undefined ? '/msg_gateway' : `   and   ws://${host}:${apiPort}/msg_gateway`}
  docs      ${url}/docs
  database  ${withoutPassword(config.databaseUrl)}
  admins    ${config.admins.map(({ userID }) => userID).join(', ')}
${config.production ? '' : '\n  Not for production: secrets that are public knowledge are accepted until IM_SECRET and TOKEN_SECRET are set.\n'}
  Try it:

  curl -s ${url}/auth/user_token -H 'operationID: hello' \\
    -d '{"secret":"${secret}","platformID":1,"userID":"${admin?.userID}"}'
`;
}
