import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, flagColumn, idColumn, textColumn } from '../database/columns.js';

/** One direction of a friendship: `ownerUserID` lists `friendUserID`. A friendship is two rows. */
@Entity('im_friends')
@Index('im_friends_by_friend', ['friendUserID'])
@Index('im_friends_in_order', ['ownerUserID', 'isPinned', 'createTime', 'friendUserID'])
export class Friend {
  @PrimaryColumn(idColumn()) ownerUserID: string;
  @PrimaryColumn(idColumn()) friendUserID: string;
  /** The owner's note; v1 `comment`. */
  @Column(textColumn(255)) remark: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  /** 1 imported, 2 by application. */
  @Column(codeColumn()) addSource: number;
  /** Who made the friendship. */
  @Column(idColumn()) operatorUserID: string;
  @Column(textColumn(4096)) ex: string;
  /** Stands above the others in the owner's list. */
  @Column(flagColumn()) isPinned: boolean;
}
