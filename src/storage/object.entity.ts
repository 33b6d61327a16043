import { Column, Entity, PrimaryColumn } from 'typeorm';
import { bytesColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** Longest name of an object, in bytes of UTF-8. Source: contract/v3/object-and-third.md "Object model". */
export const MAX_NAME_BYTES = 1024;

/** A name somebody gave to stored content. Several names may share the content. */
@Entity('im_objects')
export class StoredObject {
  /** `file` or `s3`: content is not carried over when the kind of storage changes, and its names are not found then. */
  @PrimaryColumn({ type: 'varchar', length: 8 }) engine: string;
  /** SHA-256 of `name`, in hex: a name itself is too long for a key. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) nameHash: string;
  @Column(textColumn(MAX_NAME_BYTES)) name: string;
  /** Where the store keeps the content: `openim/data/hash/<md5>`, `openim/direct/…`, or what an administrator chose. */
  @Column(textColumn(MAX_NAME_BYTES)) storageKey: string;
  @Column(bytesColumn()) size: number;
  @Column(textColumn(255)) contentType: string;
  /** `cause` or `group` of the upload: msg-picture, msg-file, sdklog … */
  @Column(textColumn(255)) cause: string;
  /** Who gave the name last. */
  @Column(idColumn()) userID: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
}
