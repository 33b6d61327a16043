import 'reflect-metadata';
import { ConfigError, readEnvironment } from './config/environment.js';
import { banner } from './server/banner.js';
import { createLogger } from './server/logging.js';
import { startServer } from './server/server.js';

async function main(): Promise<void> {
  if (process.env['NODE_ENV'] !== 'test') loadDotEnv();
  const config = readEnvironment(process.env);
  const logger = createLogger(config.logLevel);
  const server = await startServer(config, logger);
  process.stdout.write(`${banner(config, server)}\n`);

  let stopping = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      server.close().then(
        () => process.exit(0),
        (error: unknown) => {
          logger.error(error, 'stopping failed');
          process.exit(1);
        },
      );
    });
  }
}

/** Variables of a `.env` file, where there is one; what the environment says already wins. */
function loadDotEnv(): void {
  try {
    process.loadEnvFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof ConfigError ? error.message : startFailure(error)}\n`);
  process.exit(1);
});

/** What keeps the server from starting, in one line where the cause is known. */
function startFailure(error: unknown): string {
  const { code, message, stack } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE') return `A port is taken: ${message}. API_PORT and LEGACY_API_PORT choose others.`;
  if (code === 'ECONNREFUSED') return `The database does not answer: ${message}. DATABASE_URL says where it is.`;
  return stack ?? String(error);
}
