import { Injectable } from '@nestjs/common';
import type { AddressedRequest } from '../limits/client-addresses.js';
import type { Exchange } from './exchange.js';

/** An operation that was called with an administrator's token or an AppServer's secret, once its answer is known. */
export type Observer = (exchange: Exchange, request: AddressedRequest) => void;

/** Tells whoever wants to know what administrators and AppServers did. Features above the dialects register here. */
@Injectable()
export class Observers {
  private observer: Observer | undefined;

  /** Has somebody told of every such operation that is of interest to him. */
  observe(observer: Observer): void {
    this.observer = observer;
  }

  /** Notes that this exchange is one of those. */
  watch(exchange: Exchange, request: AddressedRequest): void {
    const { observer } = this;
    if (observer) exchange.onceAnswered(() => observer(exchange, request));
  }
}
