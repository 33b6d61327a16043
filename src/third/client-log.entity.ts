import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** A log file a client uploaded for the administrators. */
@Entity('im_client_logs')
@Index('im_client_logs_by_time', ['createTime', 'logID'])
@Index('im_client_logs_by_user', ['userID'])
export class ClientLog {
  /** Ten decimal digits. */
  @PrimaryColumn({ type: 'varchar', length: 16 }) logID: string;
  @Column(idColumn()) userID: string;
  /** Name of the platform, "" for an unknown one. */
  @Column(textColumn(16)) platform: string;
  @Column(textColumn(1024)) url: string;
  @Column(textColumn(255)) filename: string;
  /** Of the app. */
  @Column(textColumn(255)) version: string;
  @Column(textColumn(255)) appFramework: string;
  @Column(textColumn(4096)) ex: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
}
