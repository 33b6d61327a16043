import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn, seqColumn } from '../../database/columns.js';

/** A request sent a message. Kept for 24 hours; the day leads the key, so that what has expired lies together. */
@Entity('im_send_statuses')
export class SendStatus {
  /** Whole days since the epoch, of `sentAt`. */
  @PrimaryColumn(seqColumn()) day: number;
  /** Who called. */
  @PrimaryColumn(idColumn()) userID: string;
  /** Begin of the SHA-256 of the request's operationID, which may be any text of any length: 32 hex digits. */
  @PrimaryColumn(idColumn()) operationHash: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) sentAt: number;
}
