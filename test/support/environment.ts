import { expect } from 'vitest';
import { readEnvironment } from '../../src/config/environment.js';
import { ConfigError } from '../../src/config/reading.js';

export type Env = Record<string, string>;

/** What is wrong with an environment. */
export function mistakesOf(env: Env): readonly string[] {
  try {
    readEnvironment(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  return [];
}

/** The environment has one mistake, and it is told under the name of the variable. */
export function expectMistake(env: Env, name: string): void {
  expect(mistakesOf(env)).toEqual([expect.stringMatching(new RegExp(`^${name} must `))]);
}
