import { Column, Entity, PrimaryColumn } from 'typeorm';
import { idColumn, seqColumn, textColumn } from '../database/columns.js';

/** The version document of one collection of one owner. Source: contract/sync.md section 1.1. */
@Entity('im_versions')
export class Version {
  /** `friends`, `blacks`, `joined-groups`, `group-members` or `conversations`. */
  @PrimaryColumn(idColumn()) collection: string;
  /** A userID; of `group-members` a groupID. */
  @PrimaryColumn(idColumn()) ownerID: string;
  /** 24 lower-case hex digits, fixed for the life of the document. */
  @Column(textColumn(24)) versionID: string;
  /** From 1, raised by every write. */
  @Column(seqColumn()) version: number;
}
