// The server as `npm start` runs it, but that it removes what is too old when it gets SIGUSR2, and not at its hour.
import 'reflect-metadata';
import { readEnvironment } from '../../dist/config/environment.js';
import { MessageRetention } from '../../dist/messaging/history/message-retention.js';
import { createLogger } from '../../dist/server/logging.js';
import { startServer } from '../../dist/server/server.js';
import { stopOnSignals } from '../../dist/server/stopping.js';

const config = readEnvironment(process.env);
const logger = createLogger(config.logLevel);
const starting = startServer(config, logger);
stopOnSignals(starting, logger, { limitMs: config.stopTimeoutMs, withParent: false });
const { app, apiPort } = await starting;
async function retain() {
  const begin = performance.now();
  const removed = await app.get(MessageRetention, { strict: false }).run(Date.now());
  process.stdout.write(`removed ${removed} in ${Math.round(performance.now() - begin)} ms\n`);
}
process.on('SIGUSR2', () => void retain());
process.stdout.write(`REST http://127.0.0.1:${apiPort}\n`);
