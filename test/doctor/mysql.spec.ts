import type { DataSource } from 'typeorm';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import type { Finding } from '../../src/doctor/check.js';
import { MYSQL } from '../../src/doctor/setup/mysql.js';

/** A server as one would wish it. Its variables are everybody's on the machine, so tests do not set them there. */
const SOUND: Readonly<Record<string, string>> = {
  version: '8.4.2',
  log_bin: 'ON',
  binlog_format: 'ROW',
  sync_binlog: '1',
  transaction_isolation: 'REPEATABLE-READ',
  innodb_flush_log_at_trx_commit: '1',
  sql_mode: 'STRICT_TRANS_TABLES,NO_ENGINE_SUBSTITUTION',
  read_only: 'OFF',
  max_allowed_packet: String(64 * 1024 ** 2),
};

/** What a check finds of a server with these variables, and a clock that is so many seconds ahead. */
async function find(
  name: string,
  variables: Readonly<Record<string, string>>,
  ahead = 0,
): Promise<Finding | undefined> {
  const query = async (sql: string): Promise<object[]> =>
    sql.startsWith('SHOW GLOBAL VARIABLES')
      ? Object.entries({ ...SOUND, ...variables }).map(([Variable_name, Value]) => ({ Variable_name, Value }))
      : [{ now: String(Date.now() + ahead * 1000) }];
  return MYSQL.checks
    .find((check) => check.name === name)
    ?.look({
      config: readEnvironment({}),
      unfitForProduction: [],
      engine: 'mysql',
      dataSource: { query } as unknown as DataSource,
      query: async () => [],
      dense: false,
      thorough: false,
    });
}

describe('A MySQL server', () => {
  it.each([
    ['version', { version: '8.0.16' }, 'problem', '8.0.16 is older than 8.0.17'],
    ['version', { version: '5.7.44-log' }, 'problem', '5.7.44-log is older than 8.0.17'],
    ['version', { version: '8.0.17' }, 'ok', '8.0.17'],
    ['version', { version: '10.1.48-MariaDB' }, 'problem', '10.1.48-MariaDB is older than 10.2.0'],
    ['version', { version: '11.4.2-MariaDB-ubu2404' }, 'ok', '11.4.2-MariaDB-ubu2404'],
    ['isolation', { binlog_format: 'STATEMENT' }, 'problem', 'binlog_format is STATEMENT'],
    ['isolation', { binlog_format: 'STATEMENT', log_bin: 'OFF' }, 'ok', "the database's own is REPEATABLE-READ"],
    ['durable', { innodb_flush_log_at_trx_commit: '2' }, 'warning', 'innodb_flush_log_at_trx_commit is 2'],
    ['durable', { sync_binlog: '0' }, 'warning', 'sync_binlog is 0'],
    ['durable', { sync_binlog: '0', log_bin: 'OFF' }, 'ok', undefined],
    ['strict', { sql_mode: 'NO_ENGINE_SUBSTITUTION' }, 'problem', 'sql_mode is not strict'],
    ['writable', { read_only: 'ON' }, 'warning', 'read_only is ON'],
    ['packets', { max_allowed_packet: String(4 * 1024 ** 2) }, 'problem', 'max_allowed_packet is 4 MiB'],
    ['packets', { max_allowed_packet: String(8 * 1024 ** 2) }, 'warning', 'max_allowed_packet is 8 MiB'],
  ])('%s: with %o it is a %s', async (name, variables, level, says) => {
    const found = await find(`mysql.${name}`, variables);
    expect({ level: found?.level, says: found?.says }).toEqual({ level, says });
  });

  it.each([
    [90, 'warning', 'it is 90 s ahead'],
    [-3600, 'warning', 'it is 3600 s behind'],
    [0, 'ok', undefined],
  ])('whose clock is %i s ahead', async (ahead, level, says) => {
    const found = await find('mysql.clock', {}, ahead);
    expect({ level: found?.level, says: found?.says }).toEqual({ level, says });
  });
});
