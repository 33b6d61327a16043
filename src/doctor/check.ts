import type { DataSource } from 'typeorm';
import type { ServerConfig } from '../config/environment.js';

/** How something is; `unchecked`: it could not be looked at. */
export type Level = 'ok' | 'warning' | 'problem' | 'unchecked';

/** What a check has found. */
export interface Finding {
  level: Level;
  /** What was seen, in one line. May be left out when all is well. */
  says?: string;
  /** The first few that are wrong: IDs and numbers. Never a secret, a content or a name. */
  examples?: readonly string[];
  /** What to do about it. */
  advice?: string;
}

/** A row of the database as its driver gives it. */
export type Row = Record<string, unknown>;

/** Reads within one snapshot of the database: what is written meanwhile is not seen. */
export type Query = (sql: string, parameters?: readonly unknown[]) => Promise<Row[]>;

/** What is examined. */
export interface Patient {
  readonly config: ServerConfig;
  /** What the environment would have to have for production and has not, each by name. */
  readonly unfitForProduction: readonly string[];
  readonly engine: 'sqlite' | 'mysql';
  /** Opened for reading. */
  readonly dataSource: DataSource;
  readonly query: Query;
  /** Nobody has deleted messages for everybody here, so that every seq must have one. */
  readonly dense: boolean;
  /** Every page of a SQLite file is compared with its indices, too, which takes minutes for some gigabytes. */
  readonly thorough: boolean;
}

/** Something the doctor looks at. It only ever reads. */
export interface Check {
  /** For machines, and for finding it here: `groups.one-owner`. Does not change. */
  readonly name: string;
  /** What is so when all is well. */
  readonly title: string;
  /** Answers undefined where it does not apply: to the other engine, to what is turned off. */
  look(patient: Patient): Promise<Finding | undefined>;
}

/** Checks that stand together in the report. */
export interface Area {
  readonly title: string;
  readonly checks: readonly Check[];
}

export const OK: Finding = { level: 'ok' };

/** All is well, and this was seen. */
export function ok(says: string): Finding {
  return { level: 'ok', says };
}
