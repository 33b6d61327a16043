import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn, longTextColumn, seqColumn, textColumn } from '../../database/columns.js';

/** How far a job is. */
export const JobState = { waiting: 'waiting', running: 'running', finished: 'finished' } as const;
export type JobState = (typeof JobState)[keyof typeof JobState];

/** Work that goes on in the background, and after a restart where it stood. */
@Entity('im_jobs')
@Index('im_jobs_by_state', ['state', 'createTime'])
@Index('im_jobs_by_owner', ['ownerUserID'])
export class SendJob {
  /** 32 hex digits. */
  @PrimaryColumn(idColumn()) id: string;
  /** What is done; `send-to-all` so far. */
  @Column(textColumn(64)) kind: string;
  /** One of {@link JobState}. */
  @Column(textColumn(16)) state: string;
  /** In whose name; the job goes with the account. */
  @Column(idColumn()) ownerUserID: string;
  /** The last of the users, in the order of their IDs, it is done with; "" before the first. */
  @Column(idColumn()) bookmark: string;
  /** How many users there were when it was ordered. */
  @Column(seqColumn()) total: number;
  /** How many users it is done with. */
  @Column(seqColumn()) done: number;
  /** How many of these did not get the message. */
  @Column(seqColumn()) failed: number;
  /** JSON of what to do; "" once it is done. */
  @Column(longTextColumn()) payload: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  /** Epoch milliseconds, 0 before. */
  @Column(epochMsColumn()) startTime: number;
  /** Epoch milliseconds, 0 before. */
  @Column(epochMsColumn()) endTime: number;
}
