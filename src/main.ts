import 'reflect-metadata';
import { loadDotEnv } from './config/dot-env.js';
import { readEnvironment } from './config/environment.js';
import { ConfigError } from './config/reading.js';
import { banner } from './server/banner.js';
import { createLogger } from './server/logging.js';
import { startServer } from './server/server.js';
import { EXIT_CODES, stopOnSignals } from './server/stopping.js';

async function main(): Promise<void> {
  if (process.env['NODE_ENV'] !== 'test') loadDotEnv();
  const config = readEnvironment(process.env);
  const logger = createLogger(config.logLevel);
  const starting = startServer(config, logger);
  const withParent = process.env['npm_lifecycle_event'] !== undefined;
  stopOnSignals(starting, logger, { limitMs: config.stopTimeoutMs, graceMs: config.readyGraceMs, withParent });
  process.stdout.write(`${banner(config, await starting)}\n`);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : startFailure(error)}\n`);
  process.exit(EXIT_CODES.failed);
});

const NO_ANSWER = new Set<string | undefined>(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENOTFOUND']);

/** What keeps the server from starting, in one line where the cause is known. */
function startFailure(error: unknown): string {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `A port is taken: ${message}. API_PORT, LEGACY_API_PORT and WS_PORT choose others.`;
  if (NO_ANSWER.has(code)) return `The database does not answer: ${message || code}. DATABASE_URL says where it is.`;
  return stack ?? String(error);
}
