import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { bytesColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';
import { MAX_NAME_BYTES } from './object.entity.js';

/**
 * How the content of an upload comes.
 * - `single`: in one request, to a place of its own first;
 * - `parts`: in several, put together at the end;
 * - `form`: as a file of an HTML form, to a place of its own first;
 * - `form-absolute`: the same, and in the end to a key an administrator chose, where something may be already.
 */
export type UploadKind = 'single' | 'parts' | 'form' | 'form-absolute';

/** An upload that was begun and not completed. What is left of it at `expireTime` is swept away. */
@Entity('im_uploads')
@Index('im_uploads_by_expiry', ['expireTime'])
@Index('im_uploads_by_user', ['userID', 'expireTime'])
export class Upload {
  /** 32 lower-case hex digits. Nobody but its user may go on with it. */
  @PrimaryColumn({ type: 'varchar', length: 32 }) uploadID: string;
  @Column(idColumn()) userID: string;
  @Column(textColumn(16)) kind: UploadKind;
  /** What the store itself calls it; "" where it needs no name. */
  @Column(textColumn(1024)) storeID: string;
  /** Where the content ends up. */
  @Column(textColumn(MAX_NAME_BYTES)) storageKey: string;
  /** MD5 over the comma-joined MD5s of the parts, lower-case hex; "" for forms, which are not hashed. */
  @Column(textColumn(32)) hash: string;
  @Column(bytesColumn()) size: number;
  @Column(bytesColumn()) partSize: number;
  /** Of a form: what is told when it begins, and needed when it completes. */
  @Column(textColumn(MAX_NAME_BYTES)) name: string;
  @Column(textColumn(255)) contentType: string;
  @Column(textColumn(255)) cause: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) expireTime: number;
}
