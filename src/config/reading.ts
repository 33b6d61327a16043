import { readFileSync } from 'node:fs';

/**
 * Variables that hold secrets. Each may be given as the path of a file with the secret in it, in a variable of the same name
 * with `_FILE` behind it: Docker and Kubernetes hand secrets over that way, and files are not shown by `ps` and `env`.
 */
const SECRETS: ReadonlySet<string> = new Set([
  'IM_SECRET',
  'TOKEN_SECRET',
  'DATABASE_URL',
  'OBJECT_STORAGE_ACCESS_KEY',
  'OBJECT_STORAGE_SECRET_KEY',
  'REDIS_URL',
  'METRICS_TOKEN',
]);

/** Every mistake of the environment, by name, with what was expected. */
export class ConfigError extends Error {
  constructor(readonly mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((mistake) => `  - ${mistake}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

/** Variables read one by one. What is wrong is noted, and the fallback taken, so that all mistakes are told together. */
export class Reading {
  readonly mistakes: string[] = [];
  /** Secrets that were read from files, each once. */
  private readonly fromFiles = new Map<string, string>();

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** What a variable says, or the file it may name if it is a secret, without blanks around it. Empty is as left out. */
  text(name: string, fallback: string): string {
    const given = this.env[name]?.trim();
    const file = SECRETS.has(name) ? this.env[`${name}_FILE`]?.trim() : undefined;
    return (file ? this.secretIn(file, name, given) : given) || fallback;
  }

  integer(name: string, fallback: number, min: number, max: number): number {
    const given = this.text(name, String(fallback));
    const value = Number(given);
    if (/^\d+$/.test(given) && value >= min && value <= max) return value;
    this.mistakes.push(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(given)}`);
    return fallback;
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const given = this.text(name, fallback);
    if ((values as readonly string[]).includes(given)) return given as T;
    this.mistakes.push(`${name} must be one of ${values.join(', ')}, not ${JSON.stringify(given)}`);
    return fallback;
  }

  /** true or false. */
  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** Entries between commas. */
  list(name: string, fallback: readonly string[]): string[] {
    const given = this.text(name, fallback.join(','));
    if (given === '') return [];
    const entries = given.split(',').map((entry) => entry.trim());
    if (entries.every((entry) => entry !== '')) return entries;
    this.mistakes.push(`${name} must be a comma-separated list without empty entries`);
    return [...fallback];
  }

  /** An http address, or nothing. @param without what it may not have, in words */
  address(name: string, sound: (text: string) => boolean, without: string): string | undefined {
    const given = this.text(name, '');
    if (given === '' || sound(given)) return given || undefined;
    this.mistakes.push(`${name} must be an http:// or https:// address without ${without}`);
    return undefined;
  }

  /** What a file says. What is wrong is told with its path, and never with what it says. */
  private secretIn(path: string, name: string, given: string | undefined): string {
    const known = this.fromFiles.get(name);
    if (known !== undefined) return known;
    let secret = '';
    if (given) this.mistakes.push(`${name}_FILE must not be set together with ${name}`);
    else {
      try {
        secret = readFileSync(path, 'utf8').trim();
        if (secret === '') this.mistakes.push(`${name}_FILE must name a file that is not empty, not ${path}`);
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException;
        this.mistakes.push(`${name}_FILE must name a file that can be read, not ${path} (${code})`);
      }
    }
    this.fromFiles.set(name, secret);
    return secret;
  }

  /** @throws ConfigError that names all mistakes at once */
  finish(): void {
    if (this.mistakes.length > 0) throw new ConfigError(this.mistakes);
  }
}
