import { MAX_ID_LENGTH } from '../core/ids.js';
import {
  DEFAULT_MAX_OBJECT_SIZE,
  DEFAULT_OBJECT_STORAGE,
  isHttpBase,
  isHttpUrl,
  type ObjectStorage,
  parseObjectStorage,
} from '../core/object-storage.js';
import {
  type AdminAccount,
  DEFAULT_ADMINS,
  DEFAULT_MAX_CONNECTIONS,
  DEFAULT_SECRETS,
  DEFAULT_SOCKET_REQUESTS_PER_SECOND,
  MULTI_LOGIN_POLICIES,
  type MultiLoginPolicy,
} from '../core/settings.js';
import { DEFAULT_DATABASE_URL } from '../database/data-source.js';
import { type ClusterConfig, isMysqlUrl, readCluster } from './cluster.js';
import { type ObservabilityConfig, readObservability } from './observability.js';
import { Reading } from './reading.js';
import { readRetention, type RetentionConfig } from './retention.js';
import { readSafety, type SafetyConfig } from './safety.js';

/** What the standalone server is told by its environment. README and `.env.example` document each variable. */
export interface ServerConfig extends ClusterConfig, ObservabilityConfig, RetentionConfig, SafetyConfig {
  /** Production refuses default secrets. */
  production: boolean;
  host: string;
  apiPort: number;
  /** 0: not listening. */
  legacyApiPort: number;
  /** The gateway's own port; 0: it is on the API port alone. */
  wsPort: number;
  maxConnections: number;
  socketRequestsPerSecond: number;
  databaseUrl: string;
  secrets: string[];
  tokenSecret: string | undefined;
  admins: AdminAccount[];
  tokenExpireDays: number;
  multiLoginPolicy: MultiLoginPolicy;
  v1SelfService: boolean;
  friendVerify: boolean;
  objectStorage: ObjectStorage;
  /** Bytes. */
  maxObjectSize: number;
  publicUrl: string | undefined;
  grafanaUrl: string | undefined;
  logLevel: string;
  /** Bytes. */
  bodyLimit: number;
  /** Longest that stopping may take. */
  stopTimeoutMs: number;
}

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** Reads the environment. @throws ConfigError that names all mistakes at once */
export function readEnvironment(env: NodeJS.ProcessEnv): ServerConfig {
  const reading = new Reading(env);
  const { mistakes } = reading;
  const production = env['NODE_ENV'] === 'production';
  const apiPort = reading.integer('API_PORT', 10002, 0, 65535);
  const legacyApiPort = reading.integer('LEGACY_API_PORT', 10000, 0, 65535);
  if (apiPort !== 0 && apiPort === legacyApiPort)
    mistakes.push('LEGACY_API_PORT must differ from API_PORT; 0 turns it off');
  const wsPort = reading.integer('WS_PORT', 10001, 0, 65535);
  if (wsPort !== 0 && (wsPort === apiPort || wsPort === legacyApiPort)) {
    mistakes.push('WS_PORT must differ from API_PORT and LEGACY_API_PORT; 0 leaves /msg_gateway on API_PORT alone');
  }

  const databaseUrl = reading.text('DATABASE_URL', DEFAULT_DATABASE_URL);
  if (!/^sqlite:.+/.test(databaseUrl) && !isMysqlUrl(databaseUrl)) {
    mistakes.push('DATABASE_URL must be sqlite:<path> or mysql://user:password@host:port/database');
  }

  const secrets = reading.list('IM_SECRET', DEFAULT_SECRETS);
  if (secrets.some((secret) => Array.from(secret).length > 32)) {
    mistakes.push('IM_SECRET must hold secrets of at most 32 characters: v1 and v2 requests cannot carry longer ones');
  }
  const tokenSecret = reading.text('TOKEN_SECRET', '') || undefined;
  if (production) {
    if (secrets.some((secret) => DEFAULT_SECRETS.includes(secret))) {
      mistakes.push('IM_SECRET must be set in production: the default secrets are public');
    }
    if (!tokenSecret || tokenSecret.length < 16) {
      mistakes.push('TOKEN_SECRET must be set in production, to at least 16 characters');
    }
    if (isOpenToNetwork(databaseUrl)) {
      mistakes.push('DATABASE_URL must have a password in production, unless the database is on this machine');
    }
  }

  const adminIDs = reading.list(
    'IM_ADMIN_USER_IDS',
    DEFAULT_ADMINS.map(({ userID }) => userID),
  );
  for (const userID of adminIDs) {
    if (userID.includes(':') || Array.from(userID).length > MAX_ID_LENGTH) {
      mistakes.push(
        `IM_ADMIN_USER_IDS must hold IDs of at most ${MAX_ID_LENGTH} characters without ":", not ${JSON.stringify(userID)}`,
      );
    }
  }

  const objectStorage = parseObjectStorage(reading.text('OBJECT_STORAGE', `file:${DEFAULT_OBJECT_STORAGE.folder}`));
  if (!objectStorage) {
    mistakes.push(
      'OBJECT_STORAGE must be file:<folder> or s3://<bucket>?region=…&endpoint=https://…&pathStyle=true; keys go into ' +
        'OBJECT_STORAGE_ACCESS_KEY and OBJECT_STORAGE_SECRET_KEY',
    );
  }
  const accessKeyId = reading.text('OBJECT_STORAGE_ACCESS_KEY', '');
  const secretAccessKey = reading.text('OBJECT_STORAGE_SECRET_KEY', '');
  if ((accessKeyId === '') !== (secretAccessKey === '')) {
    mistakes.push('OBJECT_STORAGE_ACCESS_KEY must be set together with OBJECT_STORAGE_SECRET_KEY');
  }
  if (objectStorage?.kind === 's3' && accessKeyId && secretAccessKey) {
    objectStorage.credentials = { accessKeyId, secretAccessKey };
  }

  const config: ServerConfig = {
    production,
    host: reading.text('HOST', '0.0.0.0'),
    apiPort,
    legacyApiPort,
    wsPort,
    maxConnections: reading.integer('WS_MAX_CONNECTIONS', DEFAULT_MAX_CONNECTIONS, 1, 1_000_000),
    socketRequestsPerSecond: reading.integer('WS_RATE_LIMIT', DEFAULT_SOCKET_REQUESTS_PER_SECOND, 0, 1_000_000),
    databaseUrl,
    secrets,
    tokenSecret,
    admins: adminIDs.map((userID, index) => ({ userID, nickname: `system${index + 1}` })),
    tokenExpireDays: reading.integer('TOKEN_EXPIRE_DAYS', 90, 1, 36_500),
    multiLoginPolicy: Number(
      reading.oneOf('MULTI_LOGIN_POLICY', MULTI_LOGIN_POLICIES.map(String), '1'),
    ) as MultiLoginPolicy,
    v1SelfService: reading.flag('V1_SELF_SERVICE', false),
    friendVerify: reading.flag('FRIEND_VERIFY', false),
    objectStorage: objectStorage ?? DEFAULT_OBJECT_STORAGE,
    maxObjectSize: reading.integer('OBJECT_MAX_SIZE', DEFAULT_MAX_OBJECT_SIZE, 1, 5 * 1024 ** 4),
    publicUrl: reading.address('PUBLIC_URL', isHttpBase, 'credentials, query and fragment'),
    grafanaUrl: reading.address('GRAFANA_URL', isHttpUrl, 'credentials'),
    logLevel: reading.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
    bodyLimit: reading.integer('BODY_LIMIT', 8 * 1024 * 1024, 1024, 64 * 1024 * 1024),
    ...readCluster(reading, databaseUrl),
    stopTimeoutMs: reading.integer('STOP_TIMEOUT', 15, 1, 3_600) * 1_000,
    ...readRetention(reading),
    ...readObservability(reading),
    ...readSafety(reading, production),
  };
  reading.finish();
  return config;
}

/** An account without a password that other machines can reach. On this one, whoever gets to it could as well change our files. */
function isOpenToNetwork(url: string): boolean {
  if (!isMysqlUrl(url)) return false;
  const { hostname, password } = new URL(url);
  return password === '' && !/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
}
