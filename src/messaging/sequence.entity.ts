import { Column, Entity, PrimaryColumn } from 'typeorm';
import { conversationIDColumn, epochMsColumn, seqColumn } from '../database/columns.js';

/** The counter of a conversation: which seqs exist and which are still readable. Source: contract/messages.md section 6. */
@Entity('im_sequences')
export class Sequence {
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  /** Highest seq given out, 0 before the first message. */
  @Column(seqColumn()) maxSeq: number;
  /** Lowest seq anybody may read; 0 means from the start. */
  @Column(seqColumn()) minSeq: number;
  /** sendTime of the newest message, epoch milliseconds. */
  @Column(epochMsColumn()) maxSeqTime: number;
}
