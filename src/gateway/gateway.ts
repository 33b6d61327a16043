import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { type WebSocket, WebSocketServer } from 'ws';
import { TokensService } from '../access/tokens.service.js';
import type { Actor } from '../core/actor.js';
import { type Counter, Measures } from '../core/measures.js';
import { Operation, within } from '../core/operation.js';
import { ImSettings } from '../core/settings.js';
import { Unforeseen } from '../dialects/unforeseen.js';
import { FailedAttempts } from '../limits/failed-attempts.js';
import { RequestLimits } from '../limits/request-limits.js';
import { Connection } from './connection.js';
import { ConnectionMeasures } from './connection-measures.js';
import { Deliveries } from './deliveries.js';
import { type Handshake, HandshakeUnreadable, readHandshake } from './handshake.js';
import { ACCEPTED, NOT_HIS_TOKEN, type Outcome, outcomeOf, TOO_MANY_CONNECTIONS } from './outcome.js';
import { Requests } from './requests.js';
import { Sessions } from './sessions.js';
import { Throttle } from './throttle.js';
import { part, refuseUpgrade, takeUpgrades } from './upgrades.js';

/** Where clients connect on the port of the REST routes, behind any prefix. */
const PATH = '/msg_gateway';

/** Bytes of a client's frame. Source: contract/gateway.md section 6. */
const MAX_FRAME_BYTES = 51_200;

/** Browsers, which answer control pings by themselves and cannot send any. */
const WEB = 5;

/** Milliseconds between looks at all connections. */
const LOOK_INTERVAL_MS = 1_000;

/** Milliseconds a client has to close its side. */
const CLOSE_TIMEOUT_MS = 2_000;

/** Milliseconds that stopping waits for answers that are under way. */
const FINISH_MS = 5_000;

const SOCKET_OPTIONS = {
  noServer: true,
  clientTracking: false,
  // Browsers offer it; each connection that took it would hold 200 KB.
  perMessageDeflate: false,
  maxPayload: MAX_FRAME_BYTES,
  // The connection does it, and sees to it that pongs nobody takes do not pile up.
  autoPong: false,
  closeTimeout: CLOSE_TIMEOUT_MS,
};

/** A client that is let in. */
interface Admitted {
  handshake: Handshake;
  actor: Actor;
}

/**
 * Where clients' sockets come in: checks who they are, and watches them until they end. Speaks on the port of the REST
 * routes under `/msg_gateway`, and on every server it is told to {@link Gateway.serve}. Source: contract/gateway.md.
 */
@Injectable()
export class Gateway implements OnApplicationBootstrap, BeforeApplicationShutdown, OnModuleDestroy {
  private readonly logger = new Logger(Gateway.name);
  private readonly sockets = new WebSocketServer(SOCKET_OPTIONS);
  private looking: NodeJS.Timeout | undefined;
  private lastLook = performance.now();
  private stopping = false;
  private readonly handshakes: Counter<'code'>;

  constructor(
    private readonly settings: ImSettings,
    private readonly tokens: TokensService,
    private readonly sessions: Sessions,
    private readonly requests: Requests,
    private readonly deliveries: Deliveries,
    private readonly limits: RequestLimits,
    private readonly attempts: FailedAttempts,
    private readonly http: HttpAdapterHost,
    private readonly unforeseen: Unforeseen,
    private readonly connectionMeasures: ConnectionMeasures,
    measures: Measures,
  ) {
    this.handshakes = measures.counter({
      name: 'openim_socket_handshakes_total',
      help: 'Clients that asked for a socket, by the errCode they were told; 0: they were let in.',
      labels: ['code'],
    });
  }

  onApplicationBootstrap(): void {
    this.looking = setInterval(() => this.look(), LOOK_INTERVAL_MS).unref();
    // An application without HTTP has no port; its sockets come by `serve` alone.
    const server = this.http.httpAdapter?.getHttpServer() as Server | undefined;
    if (!server) return;
    takeUpgrades(
      server,
      (path) => path.endsWith(PATH),
      (request, socket, head) => void this.upgrade(request, socket, head),
    );
  }

  /** Lets clients connect on a server of its own, whatever the path. Closing the server is the caller's business. */
  serve(server: Server): void {
    server.on('upgrade', (request, socket, head) => void this.upgrade(request, socket, head));
    server.on('request', (request, response) => void this.answerPlain(request, response));
  }

  /** Answers what is under way, sends what is on its way, and ends all connections. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    // An answered message is on its way to its receivers when their connections end.
    await atMost(FINISH_MS, this.sessions.quiet());
    await this.deliveries.finish(FINISH_MS);
    await atMost(FINISH_MS, this.sessions.finish());
  }

  onModuleDestroy(): void {
    clearInterval(this.looking);
  }

  private look(): void {
    const now = performance.now();
    const late = now - this.lastLook > 3 * LOOK_INTERVAL_MS;
    this.lastLook = now;
    // After a long turn of the event loop, what clients sent meanwhile is still unread.
    if (!late) this.sessions.look(now);
  }

  /** Tells who comes without an upgrade how that would end. */
  private async answerPlain(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const judged = await this.judge(request);
      const outcome = 'outcome' in judged ? judged.outcome : undefined;
      response.writeHead(outcome ? 200 : 426, outcome ? JSON_TYPE : { connection: 'Upgrade', upgrade: 'websocket' });
      response.end(outcome ? JSON.stringify(outcome) : STATUS_CODES[426]);
    } catch (error) {
      this.logger.error(error);
      response.writeHead(500).end();
    }
  }

  private async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    // What goes wrong on a socket that is not ours yet would end the process.
    socket.on('error', ignore);
    try {
      const judged = await this.judge(request);
      if (socket.destroyed) return;
      // Much may have happened meanwhile.
      if (this.stopping) return refuseUpgrade(socket, 503);
      const full = 'actor' in judged && this.isFull;
      const { errCode } = full ? TOO_MANY_CONNECTIONS : 'outcome' in judged ? judged.outcome : ACCEPTED;
      this.handshakes.add(1, { code: errCode });
      if (full) return tellOutcome(socket, TOO_MANY_CONNECTIONS);
      if ('outcome' in judged && !judged.told) return tellOutcome(socket, judged.outcome);
      this.sockets.handleUpgrade(request, socket, head, (client) => {
        socket.off('error', ignore);
        if ('outcome' in judged) return turnAway(client, judged.outcome);
        this.open(client, judged);
      });
    } catch (error) {
      this.logger.error(error);
      refuseUpgrade(socket, 500);
    }
  }

  /** Who is let in, or why not, and whether he has to be told over the socket. Source: contract/gateway.md section 2. */
  private async judge(request: IncomingMessage): Promise<Admitted | { outcome: Outcome; told: boolean }> {
    if (this.isFull) return { outcome: TOO_MANY_CONNECTIONS, told: false };
    const refusal = await this.limits.connectionRefusalOf(request);
    if (refusal) return { outcome: outcomeOf(refusal), told: false };
    let told = false;
    let operationID = '';
    try {
      const handshake = readHandshake(request.url ?? '', request.headers);
      told = handshake.wantsOutcome;
      operationID = handshake.operationID;
      const actor = await this.tokens.verify(handshake.token);
      const fits = handshake.userIDs.includes(actor.userID) && actor.platformID === handshake.platformID;
      return fits ? { handshake, actor } : { outcome: NOT_HIS_TOKEN, told };
    } catch (error) {
      if (error instanceof HandshakeUnreadable) return { outcome: error.outcome, told };
      const failure = within(new Operation(operationID), () =>
        this.unforeseen.tellable(error, 'a handshake', this.logger),
      );
      return { outcome: outcomeOf((await this.attempts.refusalOf(request, failure.code)) ?? failure), told };
    }
  }

  private get isFull(): boolean {
    return this.sessions.count >= this.settings.maxConnections;
  }

  private open(socket: WebSocket, { handshake, actor }: Admitted): void {
    const connection = new Connection(
      socket,
      {
        connID: randomUUID(),
        actor,
        platformID: handshake.platformID,
        token: handshake.token,
        isBackground: handshake.isBackground,
        codec: handshake.codec,
        compressed: handshake.compressed,
        pinged: handshake.platformID === WEB,
        measures: this.connectionMeasures,
        throttle: new Throttle(this.settings.socketRequestsPerSecond, performance.now()),
      },
      (from, asked) => this.requests.answer(from, asked),
    );
    if (handshake.wantsOutcome) connection.tell(JSON.stringify(ACCEPTED));
    socket.once('close', () => this.sessions.closed(connection));
    this.sessions.opened(connection).catch((error: unknown) => {
      this.logger.error(error);
      connection.drop('failed');
    });
  }
}

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' } as const;

function ignore(): void {}

/** Waits for something, but no longer. */
async function atMost(limitMs: number, something: Promise<unknown>): Promise<void> {
  await Promise.race([something, delay(limitMs, undefined, { ref: false })]);
}

/** Refuses an upgrade as the protocol does: HTTP 200, and why. */
function tellOutcome(socket: Duplex, outcome: Outcome): void {
  const body = JSON.stringify(outcome);
  const type = `Content-Type: ${JSON_TYPE['content-type']}\r\nContent-Length: ${Buffer.byteLength(body)}`;
  part(socket, `HTTP/1.1 200 OK\r\n${type}\r\nConnection: close\r\n\r\n${body}`);
}

/** Tells a client why it is not let in, over the socket, and cuts it. */
function turnAway(client: WebSocket, outcome: Outcome): void {
  client.on('error', ignore);
  client.send(JSON.stringify(outcome), { binary: false }, () => client.terminate());
}
