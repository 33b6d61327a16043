import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, conversationIDColumn, idColumn, seqColumn } from '../database/columns.js';

/** The latest change of one element of a collection. Source: contract/sync.md section 1.1. */
@Entity('im_version_changes')
@Index('im_version_changes_in_order', ['collection', 'ownerID', 'version'])
export class Change {
  @PrimaryColumn(idColumn()) collection: string;
  @PrimaryColumn(idColumn()) ownerID: string;
  /** A userID, groupID or conversationID; or one of the two markers of `version-log.ts`. */
  @PrimaryColumn(conversationIDColumn()) elementID: string;
  /** The write that changed it last. */
  @Column(seqColumn()) version: number;
  /** 1 insert, 2 delete, 3 update. */
  @Column(codeColumn()) state: number;
}
