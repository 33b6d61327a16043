import { describe, expect, it } from 'vitest';
import { LOG_LEVELS, readEnvironment, type ServerConfig } from './environment.js';
import { ConfigError } from './reading.js';
import { expectMistake, mistakesOf } from '../../test/support/environment.js';

describe('An empty environment', () => {
  it('is a server for trying out', () => {
    expect(readEnvironment({})).toEqual<ServerConfig>({
      production: false,
      host: '0.0.0.0',
      apiPort: 10002,
      legacyApiPort: 10000,
      wsPort: 10001,
      maxConnections: 100_000,
      socketRequestsPerSecond: 300,
      databaseUrl: 'sqlite:./data/openim.sqlite',
      secrets: ['openIM123', 'tuoyun'],
      tokenSecret: undefined,
      admins: [
        { userID: 'openIM123456', nickname: 'system1' },
        { userID: 'openIM654321', nickname: 'system2' },
        { userID: 'openIMAdmin', nickname: 'system3' },
      ],
      tokenExpireDays: 90,
      multiLoginPolicy: 1,
      v1SelfService: false,
      friendVerify: false,
      objectStorage: { kind: 'file', folder: './data/objects' },
      maxObjectSize: 5_368_709_120,
      publicUrl: undefined,
      grafanaUrl: undefined,
      redisUrl: undefined,
      redisPrefix: 'openim',
      databaseReplicaUrls: [],
      messageRetentionDays: 0,
      logRetentionDays: 0,
      retentionTime: '03:00',
      logLevel: 'info',
      bodyLimit: 8_388_608,
      stopTimeoutMs: 15_000,
      metrics: true,
      metricsToken: undefined,
      tracing: false,
      readyGraceMs: 0,
      corsOrigins: '*',
      limits: {
        requestsPerSecondPerIP: 0,
        requestsPerSecondPerUser: 0,
        failuresPerMinutePerIP: 0,
        connectionsPerSecondPerIP: 0,
      },
      trustedProxies: [],
      auditLogDays: 180,
    });
  });

  it('is the same when every variable is there, but blank', () => {
    const names = ['HOST', 'API_PORT', 'LEGACY_API_PORT', 'DATABASE_URL', 'IM_SECRET', 'TOKEN_SECRET', 'LOG_LEVEL'];
    const more = [
      'IM_ADMIN_USER_IDS',
      'TOKEN_EXPIRE_DAYS',
      'MULTI_LOGIN_POLICY',
      'V1_SELF_SERVICE',
      'FRIEND_VERIFY',
      'BODY_LIMIT',
      'STOP_TIMEOUT',
    ];
    const objects = ['OBJECT_STORAGE', 'OBJECT_STORAGE_ACCESS_KEY', 'OBJECT_STORAGE_SECRET_KEY', 'OBJECT_MAX_SIZE'];
    const addresses = ['PUBLIC_URL', 'GRAFANA_URL'];
    const blank = Object.fromEntries([...names, ...more, ...objects, ...addresses].map((name) => [name, '  ']));
    expect(readEnvironment(blank)).toEqual(readEnvironment({}));
  });

  it('is not changed by reading it', () => {
    const env = Object.freeze({ API_PORT: ' 8080 ' });
    expect(readEnvironment(env).apiPort).toBe(8080);
  });
});

describe('A variable is read', () => {
  it.each<[string, string, Partial<ServerConfig>]>([
    ['HOST', '127.0.0.1', { host: '127.0.0.1' }],
    ['HOST', ' ::1 ', { host: '::1' }],
    ['API_PORT', '1', { apiPort: 1 }],
    ['API_PORT', '65535', { apiPort: 65535 }],
    ['API_PORT', ' 8080 ', { apiPort: 8080 }],
    ['LEGACY_API_PORT', '0', { legacyApiPort: 0 }],
    ['WS_PORT', '0', { wsPort: 0 }],
    ['WS_MAX_CONNECTIONS', '5000', { maxConnections: 5000 }],
    ['WS_RATE_LIMIT', '0', { socketRequestsPerSecond: 0 }],
    ['DATABASE_URL', 'sqlite::memory:', { databaseUrl: 'sqlite::memory:' }],
    ['DATABASE_URL', 'sqlite:/var/lib/im.sqlite', { databaseUrl: 'sqlite:/var/lib/im.sqlite' }],
    ['DATABASE_URL', 'mysql://root@127.0.0.1:3306/im', { databaseUrl: 'mysql://root@127.0.0.1:3306/im' }],
    ['DATABASE_URL', 'mysql://u:p%40ss@db/im', { databaseUrl: 'mysql://u:p%40ss@db/im' }],
    ['IM_SECRET', 'one', { secrets: ['one'] }],
    ['IM_SECRET', ' one , two words ,three ', { secrets: ['one', 'two words', 'three'] }],
    ['IM_SECRET', '漢'.repeat(32), { secrets: ['漢'.repeat(32)] }],
    ['IM_SECRET', '😀'.repeat(32), { secrets: ['😀'.repeat(32)] }],
    ['TOKEN_SECRET', 'short', { tokenSecret: 'short' }],
    ['IM_ADMIN_USER_IDS', 'root', { admins: [{ userID: 'root', nickname: 'system1' }] }],
    [
      'IM_ADMIN_USER_IDS',
      `${'😀'.repeat(64)}, b`,
      {
        admins: [
          { userID: '😀'.repeat(64), nickname: 'system1' },
          { userID: 'b', nickname: 'system2' },
        ],
      },
    ],
    ['TOKEN_EXPIRE_DAYS', '1', { tokenExpireDays: 1 }],
    ['TOKEN_EXPIRE_DAYS', '36500', { tokenExpireDays: 36_500 }],
    ['MULTI_LOGIN_POLICY', '0', { multiLoginPolicy: 0 }],
    ['MULTI_LOGIN_POLICY', '1', { multiLoginPolicy: 1 }],
    ['MULTI_LOGIN_POLICY', '4', { multiLoginPolicy: 4 }],
    ['MULTI_LOGIN_POLICY', '5', { multiLoginPolicy: 5 }],
    ['V1_SELF_SERVICE', 'true', { v1SelfService: true }],
    ['V1_SELF_SERVICE', 'false', { v1SelfService: false }],
    ...LOG_LEVELS.map((logLevel): [string, string, Partial<ServerConfig>] => ['LOG_LEVEL', logLevel, { logLevel }]),
    ['BODY_LIMIT', '1024', { bodyLimit: 1024 }],
    ['BODY_LIMIT', '67108864', { bodyLimit: 67_108_864 }],
    ['STOP_TIMEOUT', '1', { stopTimeoutMs: 1_000 }],
    ['MESSAGE_RETENTION_DAYS', '365', { messageRetentionDays: 365 }],
    ['LOG_RETENTION_DAYS', '7', { logRetentionDays: 7 }],
    ['RETENTION_TIME', '23:59', { retentionTime: '23:59' }],
    ['STOP_TIMEOUT', '3600', { stopTimeoutMs: 3_600_000 }],
    ['NODE_ENV', 'test', { production: false }],
    ['OBJECT_STORAGE', 'file:/var/lib/im', { objectStorage: { kind: 'file', folder: '/var/lib/im' } }],
    [
      'OBJECT_STORAGE',
      's3://im-files',
      { objectStorage: { kind: 's3', bucket: 'im-files', region: 'us-east-1', pathStyle: false } },
    ],
    [
      'OBJECT_STORAGE',
      's3://im.files/?region=eu-central-1&endpoint=http://minio:9000',
      {
        objectStorage: {
          kind: 's3',
          bucket: 'im.files',
          region: 'eu-central-1',
          endpoint: 'http://minio:9000',
          pathStyle: true,
        },
      },
    ],
    ['OBJECT_MAX_SIZE', '1048576', { maxObjectSize: 1_048_576 }],
    ['PUBLIC_URL', 'https://im.example.com/api', { publicUrl: 'https://im.example.com/api' }],
    ['GRAFANA_URL', 'http://grafana:3000/d/im?orgId=1', { grafanaUrl: 'http://grafana:3000/d/im?orgId=1' }],
  ])('%s=%s', (name, value, expected) => {
    expect(readEnvironment({ [name]: value })).toEqual({ ...readEnvironment({}), ...expected });
  });

  it('the keys of a store go with the store', () => {
    const keys = { OBJECT_STORAGE_ACCESS_KEY: 'key', OBJECT_STORAGE_SECRET_KEY: 'hush' };
    expect(readEnvironment({ OBJECT_STORAGE: 's3://im-files', ...keys }).objectStorage).toMatchObject({
      credentials: { accessKeyId: 'key', secretAccessKey: 'hush' },
    });
    expect(readEnvironment(keys).objectStorage).toEqual({ kind: 'file', folder: './data/objects' });
  });

  it('both ports may be left to the system, or one of them turned off', () => {
    const ports = ({ apiPort, legacyApiPort }: ServerConfig) => [apiPort, legacyApiPort];
    expect(ports(readEnvironment({ API_PORT: '0', LEGACY_API_PORT: '0' }))).toEqual([0, 0]);
    expect(ports(readEnvironment({ API_PORT: '10000', LEGACY_API_PORT: '0' }))).toEqual([10000, 0]);
  });
});

describe('A variable is refused', () => {
  it.each([
    ['API_PORT', '65536'],
    ['API_PORT', '-1'],
    ['API_PORT', '80.5'],
    ['API_PORT', '0x50'],
    ['API_PORT', '1e3'],
    ['API_PORT', 'http'],
    ['API_PORT', '8080,8081'],
    ['LEGACY_API_PORT', '65536'],
    ['WS_PORT', '10002'],
    ['WS_PORT', '10000'],
    ['WS_PORT', 'off'],
    ['WS_MAX_CONNECTIONS', '0'],
    ['WS_RATE_LIMIT', '-1'],
    ['LEGACY_API_PORT', 'off'],
    ['LEGACY_API_PORT', '10002'],
    ['DATABASE_URL', 'sqlite:'],
    ['DATABASE_URL', './im.sqlite'],
    ['DATABASE_URL', 'postgres://root@127.0.0.1/im'],
    ['DATABASE_URL', 'mysql://root@127.0.0.1:3306'],
    ['DATABASE_URL', 'mysql://root@127.0.0.1:3306/'],
    ['DATABASE_URL', 'mysql:im'],
    ['IM_SECRET', 'one,,two'],
    ['IM_SECRET', 'one,'],
    ['IM_SECRET', 'x'.repeat(33)],
    ['IM_SECRET', `one,${'😀'.repeat(33)}`],
    ['IM_ADMIN_USER_IDS', 'root,'],
    ['IM_ADMIN_USER_IDS', 'ro:ot'],
    ['IM_ADMIN_USER_IDS', 'x'.repeat(65)],
    ['TOKEN_EXPIRE_DAYS', '0'],
    ['TOKEN_EXPIRE_DAYS', '36501'],
    ['TOKEN_EXPIRE_DAYS', '7d'],
    ['MULTI_LOGIN_POLICY', '2'],
    ['MULTI_LOGIN_POLICY', '3'],
    ['MULTI_LOGIN_POLICY', '01'],
    ['MULTI_LOGIN_POLICY', 'one'],
    ['V1_SELF_SERVICE', 'yes'],
    ['V1_SELF_SERVICE', 'TRUE'],
    ['V1_SELF_SERVICE', '1'],
    ['LOG_LEVEL', 'verbose'],
    ['MESSAGE_RETENTION_DAYS', '-1'],
    ['LOG_RETENTION_DAYS', '1.5'],
    ['RETENTION_TIME', '24:00'],
    ['RETENTION_TIME', '3am'],
    ['LOG_LEVEL', 'INFO'],
    ['OBJECT_STORAGE', './objects'],
    ['OBJECT_STORAGE', 'file:'],
    ['OBJECT_STORAGE', 's3://'],
    ['OBJECT_STORAGE', 's3://Upper_Case'],
    ['OBJECT_STORAGE', 's3://im-files/folder'],
    ['OBJECT_STORAGE', 's3://im-files?endpoint=minio:9000'],
    ['OBJECT_STORAGE', 's3://im-files?pathStyle=yes'],
    ['OBJECT_STORAGE', 's3://im-files?secret=x'],
    ['OBJECT_STORAGE_ACCESS_KEY', 'key'],
    ['OBJECT_MAX_SIZE', '0'],
    ['OBJECT_MAX_SIZE', '5GB'],
    ['PUBLIC_URL', 'im.example.com'],
    ['PUBLIC_URL', 'ftp://im.example.com'],
    ['PUBLIC_URL', 'https://im.example.com/?a=b'],
    ['GRAFANA_URL', 'javascript:alert(1)'],
    ['GRAFANA_URL', 'https://root:x@grafana'],
    ['BODY_LIMIT', '1023'],
    ['BODY_LIMIT', '67108865'],
    ['BODY_LIMIT', '8mb'],
    ['STOP_TIMEOUT', '0'],
    ['STOP_TIMEOUT', '3601'],
    ['STOP_TIMEOUT', '15s'],
  ])('%s=%s', (name, value) => {
    expectMistake({ [name]: value }, name);
  });

  it('each administrator who cannot be one is named', () => {
    const mistakes = mistakesOf({ IM_ADMIN_USER_IDS: 'a:b,root,c:d' });
    expect(mistakes).toHaveLength(2);
    expect(mistakes.join()).toMatch(/a:b.*c:d/);
  });
});

describe('The mistakes of an environment', () => {
  const wrong = {
    API_PORT: 'x',
    LEGACY_API_PORT: 'x',
    DATABASE_URL: 'x',
    IM_SECRET: ',',
    IM_ADMIN_USER_IDS: ',',
    TOKEN_EXPIRE_DAYS: 'x',
    MULTI_LOGIN_POLICY: 'x',
    V1_SELF_SERVICE: 'x',
    LOG_LEVEL: 'x',
    BODY_LIMIT: 'x',
    OBJECT_STORAGE: 'x',
    OBJECT_STORAGE_ACCESS_KEY: 'x',
    OBJECT_MAX_SIZE: 'x',
    PUBLIC_URL: 'x',
    GRAFANA_URL: 'x',
  };

  it('are told all together, each once', () => {
    const named = mistakesOf(wrong).map((mistake) => mistake.split(' ')[0]);
    expect(named.toSorted()).toEqual(Object.keys(wrong).toSorted());
  });

  it('are in the text of the error, a line for each', () => {
    expect(() => readEnvironment(wrong)).toThrow(/^The configuration has 15 mistake\(s\):\n {2}- API_PORT must /);
    expect(() => readEnvironment(wrong)).toThrow(ConfigError);
  });

  it('never repeat a secret or the password of the database', () => {
    const told = mistakesOf({
      NODE_ENV: 'production',
      IM_SECRET: `hush,${'hush'.repeat(9)}`,
      TOKEN_SECRET: 'hush',
      DATABASE_URL: 'postgres://root:hush@127.0.0.1/im',
      OBJECT_STORAGE: 's3://key:hush@im-files',
      OBJECT_STORAGE_SECRET_KEY: 'hush',
      PUBLIC_URL: 'https://root:hush@im.example.com',
    });
    expect(told).toHaveLength(6);
    expect(told.join()).not.toContain('hush');
  });
});
