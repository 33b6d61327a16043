import { readFileSync } from 'node:fs';
import { load, loadAll, YAML11_SCHEMA } from 'js-yaml';

const ROOT = new URL('../../', import.meta.url);

export function read(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8');
}

/** Every document of a YAML file, read as compose and kubectl do: `yes` is true, and `<<` takes over. */
export function documents(path: string): any[] {
  return loadAll(read(path), { schema: YAML11_SCHEMA }) as any[];
}

export function compose(path: string): any {
  return load(read(path), { schema: YAML11_SCHEMA });
}

/** The variables the server knows, as `.env.example` documents them, and the default of each. */
export function documented(): Map<string, string> {
  const lines = [...read('.env.example').matchAll(/^#?([A-Z][A-Z0-9_]*)=(.*)$/gm)];
  return new Map(lines.map(([, name, value]) => [name, value]));
}

/** What `ENV` of a Dockerfile says. */
export function dockerEnvironment(): Record<string, string> {
  const [, block] = /^ENV ((?:.*\\\n)*.*)$/m.exec(read('Dockerfile')) ?? [];
  return Object.fromEntries([...(block ?? '').matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]));
}

/** What `Environment=` of a systemd unit says. */
export function unitEnvironment(path: string): Record<string, string> {
  return Object.fromEntries(
    [...read(path).matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]),
  );
}

/** A compose value with what has to come from outside put in: `${NAME:?why}`, `${NAME:-default}`. */
export function filled(environment: Record<string, unknown>): Record<string, string> {
  const fill = (text: string): string =>
    text.replaceAll(/\$\{(\w+)(?::([?-])([^}]*))?\}/g, (_, name: string, kind?: string, rest?: string) =>
      kind === '-' ? (rest ?? '') : `a-${name.toLowerCase().replaceAll('_', '-')}-of-ours`,
    );
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, fill(String(value))]));
}
