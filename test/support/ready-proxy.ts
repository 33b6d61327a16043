import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Milliseconds between looks at /readyz. */
const LOOK_MS = 100;

/** A proxy as teams have: it keeps connections open, sends requests to nodes that say they are ready, in turns, and repeats none. */
export class ReadyProxy {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });
  private readonly server: Server;
  private readonly ready = new Set<string>();
  private readonly looking: NodeJS.Timeout;
  private turn = 0;

  private constructor(readonly nodes: Set<string>) {
    this.server = createServer((from, to) => this.pass(from, to));
    this.looking = setInterval(() => void this.look(), LOOK_MS);
  }

  /** @param nodes URLs; may change */
  static async before(nodes: Set<string>): Promise<ReadyProxy> {
    const proxy = new ReadyProxy(nodes);
    proxy.server.listen(0, '127.0.0.1');
    await once(proxy.server, 'listening');
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Whether it sends requests to a node. */
  uses(node: string): boolean {
    return this.ready.has(node);
  }

  async close(): Promise<void> {
    clearInterval(this.looking);
    this.agent.destroy();
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }

  private async look(): Promise<void> {
    for (const node of this.ready) if (!this.nodes.has(node)) this.ready.delete(node);
    await Promise.all(
      [...this.nodes].map(async (node) => {
        const is = await fetch(`${node}/readyz`, { signal: AbortSignal.timeout(1_000) }).then(
          ({ status }) => status === 200,
          () => false,
        );
        if (is && this.nodes.has(node)) this.ready.add(node);
        else this.ready.delete(node);
      }),
    );
  }

  private pass(from: IncomingMessage, to: ServerResponse): void {
    const nodes = [...this.ready];
    if (nodes.length === 0) return void to.writeHead(503).end('no node is ready');
    const node = nodes[(this.turn += 1) % nodes.length];
    const passed = request(node + from.url, { method: from.method, headers: from.headers, agent: this.agent });
    passed.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    passed.on('error', () => {
      if (!to.headersSent) to.writeHead(502);
      to.end('the node did not answer');
    });
    from.pipe(passed);
  }
}
