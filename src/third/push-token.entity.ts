import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** Under which name a push service knows a user's device. One for each platform. */
@Entity('im_push_tokens')
export class PushToken {
  @PrimaryColumn(idColumn()) userID: string;
  /** 1 iOS … 10 administrator. */
  @PrimaryColumn({ type: 'int' }) platformID: number;
  @Column(textColumn(4096)) token: string;
  /** Epoch milliseconds; 0: never. */
  @Column(epochMsColumn()) expireTime: number;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) updateTime: number;
}
