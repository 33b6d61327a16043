import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** `ownerUserID` blocks `blackUserID`. */
@Entity('im_blacks')
@Index('im_blacks_by_black', ['blackUserID'])
@Index('im_blacks_in_order', ['ownerUserID', 'createTime', 'blackUserID'])
export class Black {
  @PrimaryColumn(idColumn()) ownerUserID: string;
  @PrimaryColumn(idColumn()) blackUserID: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  /** Always 0, as in the original. */
  @Column(codeColumn()) addSource: number;
  @Column(idColumn()) operatorUserID: string;
  @Column(textColumn(4096)) ex: string;
}
