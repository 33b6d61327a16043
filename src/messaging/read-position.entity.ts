import { Column, Entity, PrimaryColumn } from 'typeorm';
import { conversationIDColumn, idColumn, seqColumn } from '../database/columns.js';

/** How far a user has read a conversation. Everything up to `hasReadSeq` is read; it never falls. */
@Entity('im_read_positions')
export class ReadPosition {
  @PrimaryColumn(idColumn()) userID: string;
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  @Column(seqColumn()) hasReadSeq: number;
}
