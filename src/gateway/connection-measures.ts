import { Injectable } from '@nestjs/common';
import { type Counter, type Distribution, Measures } from '../core/measures.js';
import type { Instant } from '../core/operation.js';
import { PLATFORM_NAMES } from '../core/protocol.js';

/**
 * Why a socket is ended from our side: it is logged out (`kicked`), takes too little of what it is sent (`slow`), gives no sign
 * of life (`silent`), sends too much (`flooding`) or what is no request (`unreadable`), or could not be looked at (`failed`).
 */
export const ENDINGS = ['kicked', 'slow', 'silent', 'flooding', 'unreadable', 'failed'] as const;
export type Ending = (typeof ENDINGS)[number];

/** From milliseconds, as between two turns of the event loop, to the half minute in which a client gives up. */
const LAGS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** What is measured of all connections together. */
@Injectable()
export class ConnectionMeasures {
  private readonly frames: Counter<'platform'>;
  private readonly lags: Distribution;
  private readonly endings: Counter<'reason'>;

  constructor(measures: Measures) {
    this.frames = measures.counter({
      name: 'openim_pushed_frames_total',
      help: 'Frames that were handed to sockets without having been asked for.',
      labels: ['platform'],
    });
    this.lags = measures.distribution(
      {
        name: 'openim_push_lag_seconds',
        help: 'Time from the commit of a message to the frame with it being handed to a socket.',
      },
      LAGS,
    );
    this.endings = measures.counter({
      name: 'openim_sockets_ended_total',
      help: 'Sockets that were ended by the server, but for its own end.',
      labels: ['reason'],
    });
    for (const reason of ENDINGS) this.endings.add(0, { reason });
  }

  /** @param since when the message was accepted; undefined where there is none */
  pushed(platformID: number, since: Instant | undefined): void {
    this.frames.add(1, { platform: platformName(platformID) });
    if (since !== undefined) this.lags.observe((performance.now() - since) / 1_000);
  }

  ended(reason: Ending): void {
    this.endings.add(1, { reason });
  }
}

/** Name of a platform; there are not many. */
export function platformName(platformID: number): string {
  return PLATFORM_NAMES[platformID] ?? 'unknown';
}
