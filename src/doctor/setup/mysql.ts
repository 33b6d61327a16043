import { type Area, type Check, type Finding, ok, OK, type Patient } from '../check.js';

/** The collations under which IDs are equal only when every byte is. Source: `database/migrations/table.ts`. */
const EXACT = ['utf8mb4_nopad_bin', 'utf8mb4_0900_bin'];

/** Bytes one statement of the server may have: a batch of messages, each sign escaped at worst. Source: `MessageWriter`. */
const NEEDED_PACKET = 8 * 1024 ** 2;
const SAFE_PACKET = 16 * 1024 ** 2;

/** Seconds by which two clocks may differ before it looks like a mistake. */
const CLOCK_SECONDS = 5;

/** A check that applies to MySQL and MariaDB alone, of variables of the server. */
function ofVariables(
  name: string,
  title: string,
  names: readonly string[],
  judge: (value: (name: string) => string, patient: Patient) => Finding,
): Check {
  return {
    name: `mysql.${name}`,
    title,
    async look(patient) {
      if (patient.engine !== 'mysql') return undefined;
      const wanted = names.map((one) => `'${one}'`).join(', ');
      const rows = await patient.dataSource.query(`SHOW GLOBAL VARIABLES WHERE Variable_name IN (${wanted})`);
      const values = new Map(
        (rows as { Variable_name: string; Value: string }[]).map((row) => [row.Variable_name, row.Value]),
      );
      return judge((one) => values.get(one) ?? '', patient);
    },
  };
}

const version = ofVariables('version', 'the database is new enough', ['version'], (value) => {
  const text = value('version');
  const [major = 0, minor = 0, patch = 0] = text.split(/[.-]/).map(Number);
  const oldest = /mariadb/i.test(text) ? [10, 2, 0] : [8, 0, 17];
  const differs = [major, minor, patch]
    .map((part, index) => part - oldest[index])
    .find((difference) => difference !== 0);
  if ((differs ?? 0) >= 0) return ok(text);
  const advice = 'MySQL 8.0.17 or newer, or MariaDB 10.2 or newer, is needed.';
  return { level: 'problem', says: `${text} is older than ${oldest.join('.')}`, advice };
});

/** The server asks for READ COMMITTED itself; a binary log of statements does not take what it writes then. */
const isolation = ofVariables(
  'isolation',
  'transactions can be READ COMMITTED',
  ['log_bin', 'binlog_format', 'transaction_isolation', 'tx_isolation'],
  (value) => {
    const level = value('transaction_isolation') || value('tx_isolation');
    if (value('log_bin') !== 'ON' || value('binlog_format') !== 'STATEMENT')
      return ok(`the database's own is ${level}`);
    const advice = 'Set binlog_format=ROW: the database refuses every write of the server otherwise.';
    return { level: 'problem', says: 'binlog_format is STATEMENT', advice };
  },
);

const durable = ofVariables(
  'durable',
  'what is acknowledged survives a power failure',
  ['innodb_flush_log_at_trx_commit', 'log_bin', 'sync_binlog'],
  (value) => {
    const weak = [
      ...(value('innodb_flush_log_at_trx_commit') === '1' ? [] : ['innodb_flush_log_at_trx_commit']),
      ...(value('log_bin') !== 'ON' || value('sync_binlog') === '1' ? [] : ['sync_binlog']),
    ];
    if (weak.length === 0) return OK;
    const says = weak.map((name) => `${name} is ${value(name)}`).join(', ');
    return {
      level: 'warning',
      says,
      advice: 'Set them to 1; else the last second of messages may be lost with the machine.',
    };
  },
);

const strict = ofVariables('strict', 'texts that are too long are refused, not cut', ['sql_mode'], (value) => {
  if (/STRICT_(TRANS|ALL)_TABLES/.test(value('sql_mode'))) return OK;
  const advice = 'Add STRICT_TRANS_TABLES to sql_mode.';
  return { level: 'problem', says: 'sql_mode is not strict', advice };
});

const writable = ofVariables('writable', 'the database takes writes', ['read_only'], (value) =>
  value('read_only') === 'OFF' || value('read_only') === ''
    ? OK
    : { level: 'warning', says: `read_only is ${value('read_only')}`, advice: 'DATABASE_URL must name the primary.' },
);

const packets = ofVariables('packets', 'a batch of messages fits into a packet', ['max_allowed_packet'], (value) => {
  const bytes = Number(value('max_allowed_packet'));
  const says = `max_allowed_packet is ${bytes / 1024 ** 2} MiB`;
  if (bytes >= SAFE_PACKET) return ok(says);
  return {
    level: bytes < NEEDED_PACKET ? 'problem' : 'warning',
    says,
    advice: 'Set max_allowed_packet to 16M or more.',
  };
});

/** Tables somebody restored or converted may compare texts otherwise, or have no transactions. */
const tables: Check = {
  name: 'mysql.tables',
  title: 'tables tell IDs apart byte by byte, and have transactions',
  async look({ engine, dataSource }) {
    if (engine !== 'mysql') return undefined;
    const names = dataSource.entityMetadatas.map(({ tableName }) => tableName);
    const ours = `TABLE_SCHEMA = DATABASE() AND TABLE_NAME IN (${names.map(() => '?').join(', ')})`;
    const columns = (await dataSource.query(
      'SELECT TABLE_NAME AS t, COLUMN_NAME AS c, COLLATION_NAME AS how FROM information_schema.COLUMNS ' +
        `WHERE ${ours} AND COLLATION_NAME IS NOT NULL AND COLLATION_NAME NOT IN (?, ?)`,
      [...names, ...EXACT],
    )) as { t: string; c: string; how: string }[];
    const engines = (await dataSource.query(
      `SELECT TABLE_NAME AS t, ENGINE AS how FROM information_schema.TABLES WHERE ${ours} AND ENGINE <> 'InnoDB'`,
      names,
    )) as { t: string; how: string }[];
    const examples = [
      ...columns.map(({ t, c, how }) => `${t}.${c} is ${how}`),
      ...engines.map(({ t, how }) => `${t} is ${how}`),
    ];
    if (examples.length === 0) return OK;
    const advice = `ALTER TABLE … ENGINE InnoDB, CONVERT TO CHARACTER SET utf8mb4 COLLATE ${EXACT[0]} (MySQL: ${EXACT[1]}).`;
    return { level: 'problem', says: `${examples.length} are otherwise`, examples: examples.slice(0, 20), advice };
  },
};

const clock: Check = {
  name: 'mysql.clock',
  title: "the database's clock is ours",
  async look({ engine, dataSource }) {
    if (engine !== 'mysql') return undefined;
    const before = Date.now();
    const [{ now }] = (await dataSource.query('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS now')) as { now: string }[];
    const seconds = Math.round((Number(now) - (before + Date.now()) / 2) / 1000);
    if (Math.abs(seconds) <= CLOCK_SECONDS) return OK;
    const advice = 'One of them is wrong: let both machines follow a time server (NTP).';
    return { level: 'warning', says: `it is ${Math.abs(seconds)} s ${seconds > 0 ? 'ahead' : 'behind'}`, advice };
  },
};

export const MYSQL: Area = {
  title: 'MySQL',
  checks: [version, isolation, durable, strict, writable, packets, tables, clock],
};
