import { ArgumentInvalid } from '../../core/errors.js';
import type { Page } from '../../core/pages.js';
import { codePoints, isStorable } from '../../core/text.js';
import { ID } from '../../dialects/common-fields.js';
import { Anything, Text, TextList } from '../../dialects/fields.js';
import type { V3Speech } from '../../dialects/speech.js';
import { listOrNull, pageOrNone, Pagination, type PaginationV3, v3Answer } from '../../dialects/v3-fields.js';
import type { Wire } from '../../dialects/wire.js';
import type { ClientConfig } from '../client-config.entity.js';
import type { ConfigFilter } from '../client-config.repository.js';

const MAX_ENTRIES = 1_000;
const MAX_KEY = 255;
const MAX_VALUE = 16_384;

/** Whose configuration. */
class ConfigOwnerV3 {
  @ID({ need: 'optional', description: 'Left out, everybody’s.' }) userID = '';
}

export class GetUserClientConfigV3 extends ConfigOwnerV3 implements Wire<string> {
  toInput(): string {
    return this.userID;
  }
}

/** Source: contract/v3/user.md. `configs` is left out when it is empty. */
export const getClientConfigV3: V3Speech<string, Map<string, string>> = {
  request: GetUserClientConfigV3,
  answer: (entries) => (entries.size > 0 ? { configs: Object.fromEntries(entries) } : {}),
  sample: { request: {}, answer: v3Answer({ configs: { theme: 'dark' } }) },
};

/** Entries to set. */
export interface SetEntries {
  userID: string;
  entries: ReadonlyMap<string, string>;
}

export class SetUserClientConfigV3 extends ConfigOwnerV3 implements Wire<SetEntries> {
  @Anything({
    need: 'optional',
    schema: { additionalProperties: { type: 'string', maxLength: MAX_VALUE } },
    description: `Texts by key; at most ${MAX_ENTRIES}.`,
    example: { theme: 'dark' },
  })
  configs: unknown = {};

  toInput(): SetEntries {
    return { userID: this.userID, entries: entriesOf(this.configs) };
  }
}

/** @throws ArgumentInvalid */
function entriesOf(configs: unknown): Map<string, string> {
  const refuse = (problem: string): never => {
    throw new ArgumentInvalid(problem, 'configs');
  };
  if (typeof configs !== 'object' || configs === null || Array.isArray(configs))
    return refuse('configs must be an object');
  const entries = new Map<string, string>();
  for (const [key, value] of Object.entries(configs) as [string, unknown][]) {
    if (key === '' || codePoints(key) > MAX_KEY) return refuse(`configs must have keys of 1 to ${MAX_KEY} characters`);
    if (typeof value !== 'string') return refuse('configs must hold texts');
    if (codePoints(value) > MAX_VALUE) return refuse(`configs must hold texts of at most ${MAX_VALUE} characters`);
    if (!isStorable(key) || !isStorable(value)) return refuse('configs must hold valid text without NUL');
    entries.set(key, value);
  }
  return entries.size > MAX_ENTRIES ? refuse(`configs must have at most ${MAX_ENTRIES} entries`) : entries;
}

/** Source: contract/v3/user.md. */
export const setClientConfigV3: V3Speech<SetEntries, void> = {
  request: SetUserClientConfigV3,
  sample: { request: { configs: { theme: 'dark' } }, answer: v3Answer() },
};

/** Entries to delete. */
export interface DeleteEntries {
  userID: string;
  keys: readonly string[];
}

export class DelUserClientConfigV3 extends ConfigOwnerV3 implements Wire<DeleteEntries> {
  @TextList({ need: 'optional', max: MAX_ENTRIES, maxLength: MAX_KEY, example: ['theme'] }) keys: string[] = [];

  toInput(): DeleteEntries {
    return { userID: this.userID, keys: this.keys };
  }
}

/** Source: contract/v3/user.md. */
export const deleteClientConfigV3: V3Speech<DeleteEntries, void> = {
  request: DelUserClientConfigV3,
  sample: { request: { keys: ['theme'] }, answer: v3Answer() },
};

/** A page of entries that match. */
export interface FindEntries {
  filter: ConfigFilter;
  page: Page;
}

export class PageUserClientConfigV3 implements Wire<FindEntries> {
  @ID({ need: 'optional', description: 'Left out, all users’ and everybody’s.' }) userID = '';
  @Text({ need: 'optional', max: MAX_KEY, description: 'To the letter.' }) key = '';
  @Pagination({ need: 'optional' }) pagination: PaginationV3 | undefined;

  toInput(): FindEntries {
    return { filter: { userID: this.userID, key: this.key }, page: pageOrNone(this.pagination) };
  }
}

/** Source: contract/v3/user.md. Here `configs` is a list. */
export const pageClientConfigV3: V3Speech<FindEntries, { total: number; entries: ClientConfig[] }> = {
  request: PageUserClientConfigV3,
  answer: ({ total, entries }) => ({
    total,
    configs: listOrNull(entries.map(({ configKey, userID, value }) => ({ key: configKey, userID, value }))),
  }),
  sample: {
    request: { pagination: { pageNumber: 1, showNumber: 20 } },
    answer: v3Answer({ total: 1, configs: [{ key: 'theme', userID: '', value: 'dark' }] }),
  },
};
