import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, secondsColumn, textColumn } from '../database/columns.js';

/** An account. One row behind all dialects. Source: contract/legacy/dialects.md 3.1. */
@Entity('im_users')
@Index('im_users_by_create_time', ['createTime', 'userID'])
@Index('im_users_by_level', ['appMangerLevel', 'userID'])
export class User {
  /** v1 `uid`. Case-sensitive, exact to the last blank, no `:`. */
  @PrimaryColumn(idColumn()) userID: string;
  /** v1 `name`. */
  @Column(textColumn(255)) nickname: string;
  /** v1 `icon`. */
  @Column(textColumn(1024)) faceURL: string;
  /** 0 unknown, 1 male, 2 female. Not in v3. */
  @Column(codeColumn()) gender: number;
  /** v1 `mobile`. Free text, never normalised. Not in v3. */
  @Column(textColumn(32)) phoneNumber: string;
  /** v1 `birth`: free text. */
  @Column(textColumn(16)) birthText: string;
  /** v2 `birth`: seconds since the epoch, 0 when unknown. */
  @Column(secondsColumn()) birthSeconds: number;
  /** Not validated. Not in v3. */
  @Column(textColumn(64)) email: string;
  /** Opaque to the server. */
  @Column(textColumn(4096)) ex: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  /** 1 ordinary, 2 administrator (exactly the configured ones), 3 and more: notification accounts. The spelling is the protocol's. */
  @Column(codeColumn(1)) appMangerLevel: number;
  /** 0 receive, 1 refuse, 2 receive without offline push. */
  @Column(codeColumn()) globalRecvMsgOpt: number;
}
