import type { Logger } from 'pino';
import type { RunningServer } from './server.js';

/** How the process ends. README documents them for whoever watches over it. */
export const EXIT_CODES = {
  /** It was told to stop, and nothing was left. */
  stopped: 0,
  /** It could not start, or something failed while it stopped. */
  failed: 1,
  /** It was told to stop, and stopped before it was through: its time was over, or it was told twice. */
  cutShort: 2,
} as const;

/** Milliseconds in which a signal is the same one: npm passes on to us what the terminal has sent us already. */
const SAME_SIGNAL_MS = 1_000;

/** Milliseconds between looks at whether the parent is still there. */
const PARENT_LOOK_MS = 500;

/**
 * Ends the process when it is told to (SIGTERM, SIGINT): what is in flight is answered, what waits is stored, clients' sockets
 * are closed. The second signal ends it at once, and so does the end of its time, whatever hangs.
 *
 * @param limitMs longest that stopping may take, once it has begun
 * @param graceMs how long the server goes on before, so that whoever sends requests learns that it should not
 * @param withParent stop when the parent is gone, too: npm hands a signal to the shell it started us in, which keeps it
 */
export function stopOnSignals(
  starting: Promise<RunningServer>,
  logger: Logger,
  { limitMs, graceMs, withParent }: { limitMs: number; graceMs: number; withParent: boolean },
): void {
  let server: RunningServer | undefined;
  starting.then(
    (started) => (server = started),
    // Who waits for the start says so.
    () => undefined,
  );

  const cutShort = (why: string): void => {
    logger.fatal({ left: server?.unfinished() }, `${why}: the process ends before all is done`);
    server?.cut();
    process.exit(EXIT_CODES.cutShort);
  };

  const stop = async (): Promise<void> => {
    try {
      await (await starting).close();
      process.exit(EXIT_CODES.stopped);
    } catch (error) {
      logger.error(error, 'stopping failed');
      process.exit(EXIT_CODES.failed);
    }
  };

  let since: number | undefined;
  const begin = (): void => {
    since = performance.now();
    setTimeout(() => cutShort(`stopping took longer than ${limitMs} ms`), graceMs + limitMs);
    void stop();
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (since !== undefined) {
        if (performance.now() - since > SAME_SIGNAL_MS) cutShort(`a second signal came (${signal})`);
        return;
      }
      begin();
    });
  }
  if (!withParent) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent && since === undefined) begin();
  }, PARENT_LOOK_MS).unref();
}
