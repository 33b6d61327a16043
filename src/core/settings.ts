import { createHash } from 'node:crypto';
import { parseTimeOfDay, type TimeOfDay } from './daily.js';
import { DEFAULT_LIMITS, type Limits } from './limits.js';
import { DEFAULT_MAX_OBJECT_SIZE, DEFAULT_OBJECT_STORAGE, type ObjectStorage } from './object-storage.js';
import { parseRedisUrl, type RedisAddress } from './redis-url.js';

/** An administrator account that exists from the first start on. */
export interface AdminAccount {
  userID: string;
  /** Given when the account is created; a later change by the administrator is kept. */
  nickname: string;
}

/** What a host application decides. Every field has a default. */
export interface ImOptions {
  /** Secrets accepted from AppServers in `secret`. Default `openIM123` and `tuoyun`, which are public knowledge. */
  secrets?: string[];
  /** HMAC-SHA256 key of the JWTs, as UTF-8. Default: derived from the first secret. */
  tokenSecret?: string;
  /** Who may administrate. Default openIM123456, openIM654321, openIMAdmin (system1, system2, system3). */
  admins?: AdminAccount[];
  /** Days a v3 token lives. Default 90. */
  tokenExpireDays?: number;
  /** Days a v1 or v2 token lives. Default 7. */
  legacyTokenExpireDays?: number;
  /**
   * Which of a user's other logins a new v3.8 token (`get_user_token`), and a new connection, end: 0 none, 1 those of the
   * same platform, 4 those of the same class of device, 5 all but a PC's. Default 1. Source: contract/v3/common.md
   * section 6, contract/gateway.md section 7.
   */
  multiLoginPolicy?: MultiLoginPolicy;
  /** Lets ordinary users call five v1 endpoints for themselves, as the v1.0.7 server did. Default false. Source: contract/legacy/seeds.md 0.5. */
  v1SelfService?: boolean;
  /** Users write to each other only when the receiver lists the sender as a friend. Default false. Source: contract/messages.md 5.1. */
  friendVerify?: boolean;
  /** Where uploaded files are kept. Default: the folder `./data/objects`. */
  objectStorage?: ObjectStorage;
  /** Bytes the largest uploaded file may have. Default 5 GiB. */
  maxObjectSize?: number;
  /** Most sockets of clients this process takes. Default 100,000. Source: contract/gateway.md section 2. */
  maxConnections?: number;
  /** Requests a second one socket may send; twice as many at once. 0: no bound. Default 300. */
  socketRequestsPerSecond?: number;
  /**
   * Where clients reach the REST routes, with any prefix, for URLs of files in answers: `https://im.example.com/api`.
   * Default: the address a request was sent to. The header `X-Request-Api` of a request goes before both.
   */
  publicUrl?: string;
  /** Where `GET /third/prometheus` leads. Default: nowhere. */
  grafanaUrl?: string;
  /**
   * Redis through which several processes on one MySQL database find each other: `redis://host:6379`, or with
   * `+sentinel` or `+cluster`. Default: none, the process has its database to itself.
   */
  redisUrl?: string;
  /** Begins the names of all keys in Redis: servers that share one have different ones. Default `openim`. */
  redisPrefix?: string;
  /** Days after which messages are removed for everybody and for good. 0, the default: never. */
  messageRetentionDays?: number;
  /** Days after which logs of clients are forgotten. 0, the default: never. */
  logRetentionDays?: number;
  /** When both are done, `HH:MM` in the time zone of the process. Default `03:00`. */
  retentionTime?: string;
  /** Tells OpenTelemetry, whose SDK the process must bring, of requests, commits and deliveries. Default false. */
  tracing?: boolean;
  /** How much one caller may ask. What is left out has its default. */
  limits?: Partial<Limits>;
  /**
   * Proxies whose `X-Forwarded-For` is believed: addresses, networks (`10.0.0.0/8`), `loopback`, `private`. Default: none, and
   * everybody behind a proxy has the proxy's address.
   */
  trustedProxies?: string[];
  /** Days that what administrators and AppServers did is kept in the audit log; 0: nothing is noted. Default 180. */
  auditLogDays?: number;
}

export const MULTI_LOGIN_POLICIES = [0, 1, 4, 5] as const;
export type MultiLoginPolicy = (typeof MULTI_LOGIN_POLICIES)[number];

/** Source: contract/legacy/seeds.md 0.6. */
export const DEFAULT_SECRETS = ['openIM123', 'tuoyun'];

/** Source: contract/legacy/seeds.md 0.6. */
export const DEFAULT_ADMINS: AdminAccount[] = [
  { userID: 'openIM123456', nickname: 'system1' },
  { userID: 'openIM654321', nickname: 'system2' },
  { userID: 'openIMAdmin', nickname: 'system3' },
];

export const DEFAULT_MAX_CONNECTIONS = 100_000;

export const DEFAULT_SOCKET_REQUESTS_PER_SECOND = 300;

export const DEFAULT_REDIS_PREFIX = 'openim';
export const DEFAULT_RETENTION_TIME = '03:00';
export const DEFAULT_AUDIT_LOG_DAYS = 180;

const DAY_SECONDS = 86_400;

/** The options with their defaults filled in, as every part of the server reads them. */
export class ImSettings {
  readonly secrets: readonly string[];
  readonly tokenSecret: string;
  readonly admins: readonly AdminAccount[];
  readonly adminUserIDs: ReadonlySet<string>;
  /** Seconds. */
  readonly tokenLifetime: number;
  /** Seconds. */
  readonly legacyTokenLifetime: number;
  readonly multiLoginPolicy: MultiLoginPolicy;
  readonly v1SelfService: boolean;
  readonly friendVerify: boolean;
  readonly objectStorage: ObjectStorage;
  /** Bytes. */
  readonly maxObjectSize: number;
  readonly maxConnections: number;
  readonly socketRequestsPerSecond: number;
  /** "" where requests tell. */
  readonly publicUrl: string;
  /** "" where there is none. */
  readonly grafanaUrl: string;
  /** Undefined: there is one process. */
  readonly redis: RedisAddress | undefined;
  readonly redisPrefix: string;
  /** 0: for ever. */
  readonly messageRetentionDays: number;
  readonly logRetentionDays: number;
  readonly retentionTime: TimeOfDay;
  readonly tracing: boolean;
  readonly limits: Limits;
  readonly trustedProxies: readonly string[];
  readonly auditLogDays: number;

  constructor(options: ImOptions = {}) {
    this.secrets = options.secrets?.length ? options.secrets : DEFAULT_SECRETS;
    this.tokenSecret = options.tokenSecret ?? derivedTokenSecret(this.secrets[0]);
    this.admins = options.admins?.length ? options.admins : DEFAULT_ADMINS;
    this.adminUserIDs = new Set(this.admins.map(({ userID }) => userID));
    this.tokenLifetime = (options.tokenExpireDays ?? 90) * DAY_SECONDS;
    this.legacyTokenLifetime = (options.legacyTokenExpireDays ?? 7) * DAY_SECONDS;
    this.multiLoginPolicy = options.multiLoginPolicy ?? 1;
    this.v1SelfService = options.v1SelfService ?? false;
    this.friendVerify = options.friendVerify ?? false;
    this.objectStorage = options.objectStorage ?? DEFAULT_OBJECT_STORAGE;
    this.maxObjectSize = options.maxObjectSize ?? DEFAULT_MAX_OBJECT_SIZE;
    this.maxConnections = options.maxConnections ?? DEFAULT_MAX_CONNECTIONS;
    this.socketRequestsPerSecond = options.socketRequestsPerSecond ?? DEFAULT_SOCKET_REQUESTS_PER_SECOND;
    this.publicUrl = options.publicUrl?.replace(/\/+$/, '') ?? '';
    this.grafanaUrl = options.grafanaUrl ?? '';
    this.redis = options.redisUrl ? redisAt(options.redisUrl) : undefined;
    this.redisPrefix = options.redisPrefix ?? DEFAULT_REDIS_PREFIX;
    this.messageRetentionDays = options.messageRetentionDays ?? 0;
    this.logRetentionDays = options.logRetentionDays ?? 0;
    const retentionTime = parseTimeOfDay(options.retentionTime ?? DEFAULT_RETENTION_TIME);
    if (!retentionTime) throw new Error(`retentionTime must be HH:MM, not ${JSON.stringify(options.retentionTime)}`);
    this.retentionTime = retentionTime;
    this.tracing = options.tracing ?? false;
    this.limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.trustedProxies = options.trustedProxies ?? [];
    this.auditLogDays = options.auditLogDays ?? DEFAULT_AUDIT_LOG_DAYS;
  }
}

function redisAt(url: string): RedisAddress {
  const address = parseRedisUrl(url);
  if (!address) throw new Error('redisUrl is no URL of Redis');
  return address;
}

/** The same after every start, so that tokens outlive a restart without a second secret to configure. */
function derivedTokenSecret(secret: string): string {
  return createHash('sha256').update(`openim-nest token ${secret}`).digest('hex');
}
