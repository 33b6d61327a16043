import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** Longest message with a request or with its answer, in characters. */
export const MAX_REQUEST_MESSAGE = 1024;

/** A user's latest request to be let into a group. Source: contract/v3/common.md section 12. */
@Entity('im_group_requests')
@Index('im_group_requests_by_group', ['groupID', 'reqTime'])
@Index('im_group_requests_by_user', ['userID', 'reqTime'])
export class GroupRequest {
  @PrimaryColumn(idColumn()) groupID: string;
  /** Who is to be let in. */
  @PrimaryColumn(idColumn()) userID: string;
  /** 0 pending, 1 accepted, -1 refused. */
  @Column(codeColumn()) handleResult: number;
  @Column(textColumn(MAX_REQUEST_MESSAGE)) reqMsg: string;
  @Column(textColumn(MAX_REQUEST_MESSAGE)) handleMsg: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) reqTime: number;
  /** Who accepted or refused, "" while pending. */
  @Column(idColumn()) handleUserID: string;
  /** Epoch milliseconds, 0 while pending. */
  @Column(epochMsColumn()) handleTime: number;
  /** 1 by an administrator, 2 invitation, 3 search, 4 QR code. */
  @Column(codeColumn()) joinSource: number;
  /** The member who invited the user, "" when he asked himself. */
  @Column(idColumn()) inviterUserID: string;
  @Column(textColumn(4096)) ex: string;
}
