import { createServer, connect, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A line between one client and the server, that a test can cut. */
export class Line {
  private readonly open = new Set<Socket>();
  private down = false;

  private constructor(
    private readonly server: Server,
    private readonly target: number,
  ) {}

  /** A line to a port of this machine. */
  static async to(target: number): Promise<Line> {
    const server = createServer();
    const line = new Line(server, target);
    server.on('connection', (near) => line.join(near));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return line;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Drops every connection without a farewell, as a lost network does. New ones get through. */
  cut(): void {
    for (const socket of this.open) socket.resetAndDestroy();
  }

  /** Cuts, and lets nobody through until it is `up` again. */
  goDown(): void {
    this.down = true;
    this.cut();
  }

  goUp(): void {
    this.down = false;
  }

  async close(): Promise<void> {
    this.goDown();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(near: Socket): void {
    if (this.down) return void near.resetAndDestroy();
    const far = connect(this.target, '127.0.0.1');
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.open.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.open.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
