import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';

/** Calm that is taken for the end, in milliseconds. */
const QUIET_MS = 100;

/** Longest wait for clients that keep connecting, in milliseconds. */
const MAX_CONNECTING_MS = 1_000;

/**
 * Stopping without dropping anybody: connections that are on their way are let in, then no more; what arrives on open ones
 * is answered and the connection ended, until it has been quiet for a moment.
 */
export class Draining {
  /** Requests that are being answered. */
  open = 0;
  private draining = false;
  private lastConnection = 0;
  private lastAnswer = 0;

  constructor(fastify: FastifyInstance) {
    fastify.addHook('onRequest', (_request, reply, done) => {
      this.open += 1;
      if (this.draining) reply.header('connection', 'close');
      done();
    });
    fastify.addHook('onResponse', (_request, _reply, done) => {
      this.open -= 1;
      this.lastAnswer = Date.now();
      done();
    });
  }

  /**
   * Ends the servers once all is answered.
   *
   * @param limitMs longest wait for requests that are being answered; who sends or reads too slowly is then cut
   */
  async drain(servers: readonly Server[], limitMs: number): Promise<void> {
    this.draining = true;
    this.lastConnection = Date.now();
    for (const server of servers) server.on('connection', () => (this.lastConnection = Date.now()));
    // Node accepts one connection at a turn of its loop; those still waiting would be reset.
    await until(() => Date.now() - this.lastConnection > QUIET_MS, MAX_CONNECTING_MS);
    // An HTTP server's own close() would cut connections whose next request is still on the wire.
    for (const server of servers) NetServer.prototype.close.call(server);
    await until(() => this.open === 0 && Date.now() - this.lastAnswer > QUIET_MS, limitMs);
    for (const server of servers) server.closeAllConnections();
  }
}

async function until(condition: () => boolean, limitMs: number): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!condition() && Date.now() < deadline) await delay(10);
}
