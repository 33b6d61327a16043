import { Entity, Index, PrimaryColumn } from 'typeorm';
import { conversationIDColumn, idColumn, seqColumn } from '../../database/columns.js';

/** A message that one user deleted for himself: he is shown that it was deleted, the others go on reading it. */
@Entity('im_hidden_messages')
@Index('im_hidden_messages_by_message', ['conversationID', 'seq'])
export class HiddenMessage {
  @PrimaryColumn(idColumn()) userID: string;
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  @PrimaryColumn(seqColumn()) seq: number;
}
