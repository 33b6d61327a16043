import { readFile, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DEFAULT_SECRETS } from '../../core/settings.js';
import { type Area, type Check, ok, OK } from '../check.js';

/** Oldest Node this version runs on. Source: `engines` of package.json. */
const OLDEST_NODE = [20, 19] as const;

/** Files the server has open besides the sockets of its clients: the database, libraries, REST connections. */
const OTHER_FILES = 500;

/** Bytes below which a disk is nearly full, and full. */
const LITTLE = 1024 ** 3;
const TOO_LITTLE = 100 * 1024 ** 2;

const node: Check = {
  name: 'environment.node',
  title: 'Node is new enough',
  async look() {
    const [major, minor] = process.versions.node.split('.').map(Number);
    const [oldest, oldestMinor] = OLDEST_NODE;
    if (major > oldest || (major === oldest && minor >= oldestMinor)) return ok(process.versions.node);
    const says = `${process.versions.node} is older than ${OLDEST_NODE.join('.')}`;
    return { level: 'problem', says, advice: 'Install a newer Node.' };
  },
};

/** Secrets that are public let everybody be anybody. In production the server does not start with them. */
const secrets: Check = {
  name: 'environment.secrets',
  title: 'secrets are not public knowledge',
  async look({ config, unfitForProduction }) {
    if (unfitForProduction.length > 0) {
      const advice = 'Set them, as .env.example says; the server does not start without.';
      return { level: 'problem', says: 'unfit for production', examples: unfitForProduction, advice };
    }
    const known = config.secrets.some((secret) => DEFAULT_SECRETS.includes(secret));
    if (!known && (config.tokenSecret || config.production)) return OK;
    const says = known ? 'IM_SECRET holds a default' : 'TOKEN_SECRET is derived from IM_SECRET';
    const advice =
      'Fine for trying out. Set IM_SECRET, TOKEN_SECRET and NODE_ENV=production before others can reach it.';
    return { level: 'warning', says, advice };
  },
};

/** Each socket is an open file. Node raises its limit to the highest the system allows, and so would the server here. */
const openFiles: Check = {
  name: 'environment.open-files',
  title: 'as many files may be open as clients may connect',
  async look({ config: { maxConnections } }) {
    const limits = await readFile('/proc/self/limits', 'utf8').catch(() => '');
    const [, soft] = /^Max open files\s+(\S+)/m.exec(limits) ?? [];
    if (soft === undefined) return ok('this system does not tell');
    if (soft === 'unlimited' || Number(soft) >= maxConnections + OTHER_FILES) return ok(soft);
    const says = `${soft} files for WS_MAX_CONNECTIONS=${maxConnections}`;
    const advice =
      'Raise the limit where the server is started (ulimit -n, LimitNOFILE, --ulimit), or lower WS_MAX_CONNECTIONS.';
    return { level: 'warning', says, advice };
  },
};

/** Where the disk is full, nothing can be written any more. */
const disk: Check = {
  name: 'environment.disk',
  title: 'there is space on the disks',
  async look({ config: { databaseUrl, objectStorage } }) {
    const folders = [
      ...(databaseUrl.startsWith('sqlite:') ? [dirname(databaseUrl.slice('sqlite:'.length))] : []),
      ...(objectStorage.kind === 'file' ? [objectStorage.folder] : []),
    ];
    const free = await Promise.all(folders.map(freeBytes));
    const least = Math.min(...free);
    if (least === Infinity) return undefined;
    const says = `${(least / 1024 ** 3).toFixed(1)} GiB free`;
    if (least >= LITTLE) return ok(says);
    const advice = 'Make room, or move the database (DATABASE_URL) or the files (OBJECT_STORAGE) to a larger disk.';
    return { level: least < TOO_LITTLE ? 'problem' : 'warning', says, advice };
  },
};

/** Bytes free for this user on the disk of a folder, or of the folder it would be made in. */
async function freeBytes(folder: string): Promise<number> {
  for (let path = folder; ; path = dirname(path)) {
    try {
      const { bavail, bsize } = await statfs(path);
      return bavail * bsize;
    } catch {
      if (path === dirname(path)) return Infinity;
    }
  }
}

export const ENVIRONMENT: Area = { title: 'Environment', checks: [node, secrets, openFiles, disk] };
