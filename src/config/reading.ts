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

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  /** What a variable says, without blanks around it. Empty is as left out. */
  text(name: string, fallback: string): string {
    return this.env[name]?.trim() || fallback;
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

  /** @throws ConfigError that names all mistakes at once */
  finish(): void {
    if (this.mistakes.length > 0) throw new ConfigError(this.mistakes);
  }
}
