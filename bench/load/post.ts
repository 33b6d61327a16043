import { setTimeout as sleep } from 'node:timers/promises';
import type { RestRequest } from '../client/rest-request.js';
import type { Verdict } from './answer-reader.js';
import { Numbers, RestClient } from './rest-client.js';
import { until } from './until.js';

/** How long to wait for what is still under way at the end. Milliseconds. */
const PATIENCE = 5000;

export interface PostPlan {
  readonly port: number;
  readonly connections: number;
  /** Dealt out to the connections; when there are fewer, several send the same. */
  readonly requests: readonly RestRequest[];
  /** How many different numbers requests are given before they begin again; left out: no two get the same. */
  readonly among?: number;
  readonly seconds: number;
  /** Requests a second, due at fixed times whether or not earlier ones were answered; left out: as fast as answered. */
  readonly rate?: number;
}

export interface PostResult {
  readonly seconds: number;
  /** Milliseconds from when the request was due to its answer, one entry per request answered without an error. */
  readonly times: Float64Array;
  /** Answers with an error, requests not answered. */
  readonly errors: number;
  readonly reason: string | undefined;
  /** Milliseconds by which the load process itself was late with a request at worst. */
  readonly lateMax: number;
  /** User and system time of the load process: near a core, the load is what is measured. */
  readonly loadCpuSeconds: number;
}

const numbers = new Numbers();

/** Sends REST calls over keep-alive connections, opened for this and closed afterwards. */
export async function post(plan: PostPlan): Promise<PostResult> {
  const { port, connections, requests, among = Infinity } = plan;
  const clients = Array.from({ length: connections }, (_, index) => {
    const own = requests.filter((__, at) => at % connections === index);
    return new RestClient(own.length > 0 ? own : [requests[index % requests.length]], numbers, among);
  });
  await Promise.all(clients.map((client) => client.open(port)));
  const cpu = process.cpuUsage();
  try {
    const tally = new Tally();
    const lateMax = await (plan.rate === undefined
      ? asFastAsAnswered(clients, tally, plan.seconds)
      : atRate(clients, tally, plan.rate, plan.seconds));
    const { user, system } = process.cpuUsage(cpu);
    return { ...tally.result(), lateMax, loadCpuSeconds: (user + system) / 1e6 };
  } finally {
    for (const client of clients) client.close();
  }
}

/** What came of the requests so far. */
class Tally {
  outstanding = 0;
  over = false;
  private readonly times: number[] = [];
  private readonly begin = performance.now();
  private seconds = 0;
  private errors = 0;
  private reason: string | undefined;

  note(verdict: Verdict, dueAt: number): void {
    this.outstanding--;
    if (verdict !== 'good') {
      this.errors++;
      this.reason ??= verdict.bad;
    } else if (!this.over) {
      this.times.push(performance.now() - dueAt);
    }
  }

  /** From now on nothing counts but errors. */
  finish(): void {
    this.over = true;
    this.seconds = (performance.now() - this.begin) / 1000;
  }

  result(): Pick<PostResult, 'seconds' | 'times' | 'errors' | 'reason'> {
    const { seconds, times, outstanding } = this;
    if (outstanding > 0) this.reason ??= `${outstanding} requests were not answered`;
    return { seconds, times: Float64Array.from(times), errors: this.errors + outstanding, reason: this.reason };
  }
}

/** Every connection sends the next request as soon as it is answered: the most that goes through. */
async function asFastAsAnswered(clients: readonly RestClient[], tally: Tally, seconds: number): Promise<number> {
  const send = (client: RestClient): void => {
    tally.outstanding++;
    client.dueAt = performance.now();
    client.send();
  };
  for (const client of clients) {
    client.onAnswer = (_, verdict) => {
      tally.note(verdict, client.dueAt);
      if (!tally.over && client.connected) send(client);
    };
    send(client);
  }
  await sleep(seconds * 1000);
  tally.finish();
  await until(() => tally.outstanding === 0, PATIENCE);
  return 0;
}

/**
 * Requests leave when they are due on any connection that is free. One that finds none waits for it, and its time runs: a
 * server that stalls is charged for everything that waits meanwhile.
 */
async function atRate(clients: readonly RestClient[], tally: Tally, rate: number, seconds: number): Promise<number> {
  const total = Math.round(rate * seconds);
  const free = [...clients];
  const waiting: number[] = [];
  let lateMax = 0;
  const send = (client: RestClient, dueAt: number): void => {
    client.dueAt = dueAt;
    client.send();
  };
  for (const client of clients) {
    client.onAnswer = (_, verdict) => {
      tally.note(verdict, client.dueAt);
      if (!client.connected) return;
      const dueAt = waiting.shift();
      if (dueAt === undefined) free.push(client);
      else send(client, dueAt);
    };
  }
  const begin = performance.now();
  for (let due = 0; due < total; await sleep(1)) {
    for (; due < total; due++) {
      const now = performance.now();
      const late = now - begin - (due / rate) * 1000;
      if (late < 0) break;
      lateMax = Math.max(lateMax, late);
      tally.outstanding++;
      // When the load noticed, and not when it was due: its own lateness is not the server's.
      const client = free.shift();
      if (client) send(client, now);
      else waiting.push(now);
    }
  }
  await until(() => tally.outstanding === 0, PATIENCE);
  tally.finish();
  return lateMax;
}
