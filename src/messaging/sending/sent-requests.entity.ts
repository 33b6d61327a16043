import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn, longTextColumn } from '../../database/columns.js';

/**
 * Requests of one caller whose messages were stored by the same commit. Kept for 24 hours. One row for all of them, behind
 * the rows before it: a row each, by a hash, would change a page of the index for every message.
 */
@Entity('im_sent_requests')
@Index('im_sent_requests_by_time', ['sentAt'])
export class SentRequests {
  /** Who called. */
  @PrimaryColumn(idColumn()) userID: string;
  /** Epoch milliseconds. */
  @PrimaryColumn(epochMsColumn()) sentAt: number;
  @PrimaryColumn(idColumn()) batchID: string;
  /**
   * Of each request the begin of the SHA-256 of its operationID, which may be any text of any length: 32 hex digits. With
   * blanks between them.
   */
  @Column(longTextColumn()) operationHashes: string;
}
