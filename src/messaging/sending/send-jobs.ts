import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { In, LessThan } from 'typeorm';
import { type Actor, systemActor } from '../../core/actor.js';
import { ImError, RecordNotFound } from '../../core/errors.js';
import { newMessageID } from '../../core/ids.js';
import { currentOperation, Operation, within } from '../../core/operation.js';
import { chunks, insertRows } from '../../database/bulk.js';
import { isUnavailable } from '../../database/failures.js';
import { forUpdate } from '../../database/for-update.js';
import { Transactions } from '../../database/transactions.js';
import { OnImEvent } from '../../events/on-im-event.js';
import { UsersDeleted } from '../../users/user.events.js';
import { UsersService } from '../../users/users.service.js';
import { MessagesService } from '../messages.service.js';
import type { SendMessage } from '../outgoing.js';
import { JobState, SendJob } from './send-job.entity.js';

const KIND = 'send-to-all';

/** Users that are sent to between two notes of how far the job is, and the rest after each: others come first. */
const SLICE = 100;
const PAUSE_MS = 10;

/** Times a slice is tried when the database fails, and the rest between two times. */
const MAX_ATTEMPTS = 5;
const RETRY_MS = 1_000;

/** What a job is to do. */
interface Payload extends SendMessage {
  /** Of the request that ordered it. */
  operationID?: string;
}

/** How long a job that is done can be asked for. */
const KEPT_MS = 30 * 86_400_000;

/**
 * Messages to every user, sent in the background one job at a time. A job notes how far it is; after a restart it goes on
 * from there, and as all its messages have one clientMsgID, nobody gets his twice.
 */
@Injectable()
export class SendJobs implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(SendJobs.name);
  private readonly stopping = new AbortController();
  private working: Promise<void> | undefined;
  /** A job was added since the last look. */
  private called = false;

  constructor(
    private readonly transactions: Transactions,
    private readonly users: UsersService,
    private readonly messages: MessagesService,
  ) {}

  onApplicationBootstrap(): void {
    this.wake();
  }

  /** Ends after the slice that is under way. */
  async onModuleDestroy(): Promise<void> {
    this.stopping.abort();
    await this.working;
  }

  /**
   * Orders a message to everybody who is registered when his turn comes. Answers the job's ID: the same one for the same
   * sender and clientMsgID.
   */
  async start(order: SendMessage): Promise<string> {
    const message: Payload = {
      ...order,
      clientMsgID: order.clientMsgID || newMessageID(),
      operationID: currentOperation().operationID,
    };
    const id = createHash('sha256').update(`${message.sendID}\0${message.clientMsgID}`).digest('hex').slice(0, 32);
    const job: SendJob = {
      id,
      kind: KIND,
      state: JobState.waiting,
      ownerUserID: message.sendID,
      bookmark: '',
      total: await this.users.count(),
      done: 0,
      failed: 0,
      payload: JSON.stringify(message),
      createTime: Date.now(),
      startTime: 0,
      endTime: 0,
    };
    await this.transactions.run(async () => {
      const { manager } = this.transactions;
      await manager.delete(SendJob, { state: JobState.finished, createTime: LessThan(Date.now() - KEPT_MS) });
      await insertRows(manager, SendJob, [job], 'ignore');
      this.transactions.afterCommit(() => this.wake());
    });
    return id;
  }

  /** How far a job is. @throws RecordNotFound */
  async get(id: string): Promise<SendJob> {
    const job = await this.transactions.manager.findOneBy(SendJob, { id });
    if (!job) throw new RecordNotFound(`Job ${id} does not exist`);
    return job;
  }

  /** Nobody goes on writing in the name of who is gone. */
  @OnImEvent(UsersDeleted, { phase: 'in-transaction' })
  async forgetUsers({ userIDs }: UsersDeleted): Promise<void> {
    for (const some of chunks(userIDs)) {
      await this.transactions.manager.delete(SendJob, { ownerUserID: In([...some]) });
    }
  }

  private wake(): void {
    this.called = true;
    this.working ??= this.work().then(() => (this.working = undefined));
  }

  private async work(): Promise<void> {
    while (this.called && !this.stopped) {
      this.called = false;
      try {
        for (let job = await this.next(); job && !this.stopped; job = await this.next()) await this.run(job);
      } catch (error) {
        this.logger.warn(`A job to send to everybody rests: ${String(error)}`);
        this.called = true;
        await this.rest(RETRY_MS);
      }
    }
  }

  /** The oldest job that is not finished. */
  private async next(): Promise<SendJob | undefined> {
    const state = In([JobState.running, JobState.waiting]);
    return (
      (await this.transactions.manager.findOne(SendJob, { where: { state }, order: { createTime: 'ASC' } })) ??
      undefined
    );
  }

  private async run({ id, payload, ownerUserID, bookmark: begun }: SendJob): Promise<void> {
    const { operationID = '', ...order } = JSON.parse(payload) as Payload;
    const actor = systemActor(ownerUserID);
    let bookmark = begun;
    const running = ({ startTime }: SendJob) => ({ state: JobState.running, startTime: startTime || Date.now() });
    if (!(await this.note(id, bookmark, running))) return;
    for await (const ids of this.users.ids(bookmark)) {
      for (const slice of chunks(ids, SLICE)) {
        const lost = await within(new Operation(operationID), () => this.send(actor, order, slice));
        if (lost === undefined) return;
        const last = slice[slice.length - 1];
        const further = ({ done, failed }: SendJob) => ({
          bookmark: last,
          done: done + slice.length,
          failed: failed + lost,
        });
        if (!(await this.note(id, bookmark, further))) return;
        bookmark = last;
        await this.rest(PAUSE_MS);
      }
    }
    await this.note(id, bookmark, () => ({ state: JobState.finished, payload: '', endTime: Date.now() }));
  }

  /** Sends to some users. Answers how many did not get it, undefined when it was told to stop before it could know. */
  private async send(actor: Actor, order: SendMessage, userIDs: readonly string[]): Promise<number | undefined> {
    for (let attempt = 1; !this.stopped; attempt += 1) {
      const sent = await this.messages.sendToEach(actor, order, userIDs);
      const failures = sent.filter((one) => one.status === 'rejected').map(({ reason }) => reason as Error);
      const away = failures.find(isUnavailable);
      // Nobody is passed by for it: the job rests, and goes on from its bookmark.
      if (away) throw away;
      const unforeseen = failures.find((error) => !(error instanceof ImError));
      if (!unforeseen || attempt === MAX_ATTEMPTS) return failures.length;
      this.logger.warn(`Sending to everybody failed and is tried again: ${unforeseen.message}`);
      await this.rest(RETRY_MS);
    }
    return undefined;
  }

  /**
   * Writes how far the job is, from where it was. Answers false when it is gone, or somebody else got further with it.
   */
  private note(id: string, bookmark: string, changes: (job: SendJob) => Partial<SendJob>): Promise<boolean> {
    return this.transactions.run(async () => {
      const { manager } = this.transactions;
      const job = await manager.findOne(SendJob, { where: { id }, ...forUpdate(manager) });
      if (job?.bookmark !== bookmark || job.state === JobState.finished) return false;
      await manager.update(SendJob, { id }, changes(job));
      return true;
    });
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async rest(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
