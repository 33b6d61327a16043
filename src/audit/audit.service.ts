import { randomBytes } from 'node:crypto';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnModuleDestroy,
  type OnModuleInit,
} from '@nestjs/common';
import { type Page, pageBounds } from '../core/pages.js';
import { isStorable } from '../core/text.js';
import { ImSettings } from '../core/settings.js';
import { chunks } from '../database/bulk.js';
import type { Exchange } from '../dialects/exchange.js';
import { Observers } from '../dialects/observers.js';
import { type AddressedRequest, ClientAddresses } from '../limits/client-addresses.js';
import type { AuditEntry } from './audit-entry.entity.js';
import { type AuditFilter, AuditRepository } from './audit.repository.js';
import { isAudited } from './audited.js';
import { targetsIn } from './targets.js';

/** Milliseconds in which entries wait for others, so that many calls cost one commit. */
const WAIT_MS = 250;

/** Milliseconds until it is tried again when the database fails. */
const RETRY_MS = 2_000;

/** Entries that wait while the database is away; what comes beyond goes to the log of the process. */
const MAX_WAITING = 10_000;

/** Entries of one statement. */
const BATCH = 500;

/** Longest operationID that is kept. */
const MAX_OPERATION_ID = 128;

/** In the order of milliseconds, and within one in the order they were noted; those of two processes never meet. */
const PROCESS = randomBytes(6).toString('hex');
let noted = 0;

/**
 * Notes what administrators and AppServers did, once it is answered, a quarter of a second later at the most: nobody waits for
 * it. An entry is lost only with the process, when that is killed within this time (docs/security.md).
 */
@Injectable()
export class AuditService implements OnModuleInit, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger('openim audit');
  private waiting: AuditEntry[] = [];
  private timer: NodeJS.Timeout | undefined;
  private storing: Promise<void> | undefined;

  constructor(
    private readonly settings: ImSettings,
    private readonly observers: Observers,
    private readonly addresses: ClientAddresses,
    private readonly audit: AuditRepository,
  ) {}

  onModuleInit(): void {
    if (this.settings.auditLogDays > 0) this.observers.observe((exchange, request) => this.note(exchange, request));
  }

  onModuleDestroy(): Promise<void> {
    return this.store();
  }

  /** A host application may answer requests until now. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.store();
    clearTimeout(this.timer);
    this.giveUp(this.waiting.splice(0));
  }

  /** A page of what is noted, newest first, with all that is answered by now. `total` is at most 100,000. */
  async search(filter: AuditFilter, page: Page): Promise<{ total: number; entries: AuditEntry[] }> {
    await this.store();
    const total = await this.audit.count(filter);
    const { offset, limit } = pageBounds(page, total);
    return { total, entries: limit === 0 ? [] : await this.audit.page(filter, offset, limit) };
  }

  private note(exchange: Exchange, request: AddressedRequest): void {
    const { call, profile, actor, errCode = 0, operationID } = exchange;
    if (!isAudited(call.path)) return;
    const { ids, more } = targetsIn(exchange.given);
    const kept = Array.from(operationID.slice(0, 2 * MAX_OPERATION_ID))
      .slice(0, MAX_OPERATION_ID)
      .join('');
    noted += 1;
    const entry: AuditEntry = {
      actedAt: Date.now(),
      entryID: `${noted.toString(36).padStart(10, '0')}-${PROCESS}`,
      actorUserID: actor?.userID ?? '',
      bySecret: actor === undefined,
      ip: this.addresses.of(request).slice(0, 45),
      dialect: Number(profile.name.slice(1)),
      path: call.path,
      operationID: isStorable(kept) ? kept : '',
      targets: JSON.stringify(ids),
      moreTargets: more,
      errCode,
    };
    if (this.waiting.length >= MAX_WAITING) this.giveUp([entry]);
    else this.waiting.push(entry);
    this.storeIn(WAIT_MS);
  }

  private storeIn(ms: number): void {
    if (this.storing) return;
    this.timer ??= setTimeout(() => void this.store(), ms).unref();
  }

  /** Stores what waits; what cannot be stored goes on waiting. Never fails. */
  private async store(): Promise<void> {
    // What is on its way was taken before what waits now.
    await this.storing;
    if (!this.storing && this.waiting.length > 0) {
      clearTimeout(this.timer);
      this.timer = undefined;
      this.storing = this.write(this.waiting.splice(0));
    }
    await this.storing;
  }

  private async write(entries: AuditEntry[]): Promise<void> {
    let stored = 0;
    try {
      for (const some of chunks(entries, BATCH)) {
        await this.audit.add(some);
        stored += some.length;
      }
    } catch (error) {
      this.logger.warn(`${entries.length - stored} entries of the audit log have to wait: ${String(error)}`);
    }
    this.storing = undefined;
    this.waiting.unshift(...entries.slice(stored));
    if (this.waiting.length > 0) this.storeIn(stored < entries.length ? RETRY_MS : WAIT_MS);
  }

  private giveUp(entries: readonly AuditEntry[]): void {
    for (const entry of entries) this.logger.error(`not stored: ${JSON.stringify(entry)}`);
  }
}
