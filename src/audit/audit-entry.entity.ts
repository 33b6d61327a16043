import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, flagColumn, idColumn, longTextColumn, textColumn } from '../database/columns.js';

/** One call of an administrator or an AppServer. Behind all before it, so that noting it costs little. */
@Entity('im_audit_log')
@Index('im_audit_log_by_actor', ['actorUserID', 'actedAt'])
@Index('im_audit_log_by_path', ['path', 'actedAt'])
@Index('im_audit_log_by_operation', ['operationID', 'actedAt'])
export class AuditEntry {
  /** Epoch milliseconds of the answer. */
  @PrimaryColumn(epochMsColumn()) actedAt: number;
  /** Of two in one millisecond, the one that a process noted first is the lower. */
  @PrimaryColumn(idColumn()) entryID: string;
  /** The administrator whose token it was; "" when it was an AppServer by its secret. */
  @Column(idColumn()) actorUserID: string;
  @Column(flagColumn()) bySecret: boolean;
  @Column(textColumn(45)) ip: string;
  /** 1, 2 or 3. */
  @Column(codeColumn()) dialect: number;
  /** Without a leading slash: `group/kick_group`. */
  @Column(textColumn(128)) path: string;
  /** The first 128 characters. */
  @Column(textColumn(128)) operationID: string;
  /** IDs of users, groups and conversations the request named: a JSON list, in the order they came. */
  @Column(longTextColumn()) targets: string;
  /** How many it named besides. */
  @Column(codeColumn()) moreTargets: number;
  /** 0: it succeeded. */
  @Column(codeColumn()) errCode: number;
}
