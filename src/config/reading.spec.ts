import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readEnvironment } from './environment.js';
import { ConfigError, Reading } from './reading.js';

describe('A secret in a file', () => {
  let folder: string;
  const file = (name: string, content: string): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'openim-secrets-'))));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('is read as if it stood in the variable, without the line feed at its end', () => {
    const config = readEnvironment({
      IM_SECRET_FILE: file('im', 'one, two\n'),
      TOKEN_SECRET_FILE: file('token', 'a key that nobody knows\r\n'),
      DATABASE_URL_FILE: file('database', 'mysql://im:pa%20ss@db/im\n'),
      OBJECT_STORAGE: 's3://files',
      OBJECT_STORAGE_ACCESS_KEY_FILE: file('access', 'key\n'),
      OBJECT_STORAGE_SECRET_KEY_FILE: file('secret', 'hush'),
    });
    expect(config).toMatchObject({
      secrets: ['one', 'two'],
      tokenSecret: 'a key that nobody knows',
      databaseUrl: 'mysql://im:pa%20ss@db/im',
      objectStorage: { credentials: { accessKeyId: 'key', secretAccessKey: 'hush' } },
    });
  });

  it.each(['IM_SECRET', 'TOKEN_SECRET', 'DATABASE_URL', 'OBJECT_STORAGE_SECRET_KEY', 'REDIS_URL', 'METRICS_TOKEN'])(
    'may be that of %s',
    (name) => {
      const reading = new Reading({ [`${name}_FILE`]: file(name, 'from the file') });
      expect(reading.text(name, '')).toBe('from the file');
      expect(reading.mistakes).toEqual([]);
    },
  );

  it('is that of a secret alone: other variables have no file', () => {
    expect(readEnvironment({ LOG_LEVEL_FILE: '/nowhere' }).logLevel).toBe('info');
  });

  it('is a mistake beside the variable itself, told once', () => {
    const env = { IM_SECRET: 'hush', IM_SECRET_FILE: file('both', 'hush-hush') };
    const reading = new Reading(env);
    reading.list('IM_SECRET', ['default']);
    reading.text('IM_SECRET', '');
    expect(reading.mistakes).toEqual(['IM_SECRET_FILE must not be set together with IM_SECRET']);
    expect(reading.mistakes.join()).not.toContain('hush');
  });

  it('that cannot be read, or is empty, is a mistake that names variable and path', () => {
    const missing = join(folder, 'nothing');
    const empty = file('empty', '\n');
    const wrong = { TOKEN_SECRET_FILE: missing, IM_SECRET_FILE: folder, DATABASE_URL_FILE: empty };
    const error: unknown = (() => {
      try {
        return readEnvironment(wrong);
      } catch (thrown) {
        return thrown;
      }
    })();
    expect((error as ConfigError).mistakes).toEqual([
      `DATABASE_URL_FILE must name a file that is not empty, not ${empty}`,
      `IM_SECRET_FILE must name a file that can be read, not ${folder} (EISDIR)`,
      `TOKEN_SECRET_FILE must name a file that can be read, not ${missing} (ENOENT)`,
    ]);
  });

  it('is never told, however wrong what it says', () => {
    const wrong = {
      DATABASE_URL_FILE: file('wrong-database', 'postgres://root:hush@db/im'),
      IM_SECRET_FILE: file('wrong-secret', `hush${'hush'.repeat(10)}`),
    };
    expect(() => readEnvironment(wrong)).toThrow(ConfigError);
    expect(() => readEnvironment(wrong)).not.toThrow(/hush/);
  });
});
