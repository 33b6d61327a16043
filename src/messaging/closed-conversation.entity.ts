import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { conversationIDColumn, idColumn, seqColumn } from '../database/columns.js';

/**
 * A conversation its owner deleted from his list. It comes back with the next message, or when he sets something in it;
 * what he could not read before, he cannot read then.
 */
@Entity('im_closed_conversations')
@Index('im_closed_conversations_by_limit', ['conversationID', 'maxSeq'])
@Index('im_closed_conversations_by_owner', ['ownerUserID'])
export class ClosedConversation {
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  @PrimaryColumn(idColumn()) ownerUserID: string;
  /** Lowest seq the owner may read, 0 without a limit. */
  @Column(seqColumn()) minSeq: number;
  /** Highest seq the owner may read: he left the group; 0 without a limit. */
  @Column(seqColumn()) maxSeq: number;
}
