import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** `fromUserID` asks `toUserID` to be friends. One row for the two of them in this direction: asking again begins anew. */
@Entity('im_friend_requests')
@Index('im_friend_requests_received', ['toUserID', 'createTime', 'fromUserID'])
@Index('im_friend_requests_sent', ['fromUserID', 'createTime', 'toUserID'])
@Index('im_friend_requests_open', ['toUserID', 'handleResult', 'createTime'])
export class FriendRequest {
  @PrimaryColumn(idColumn()) fromUserID: string;
  @PrimaryColumn(idColumn()) toUserID: string;
  /** 0 open, 1 agreed, -1 refused. */
  @Column(codeColumn()) handleResult: number;
  /** What the applicant wrote. */
  @Column(textColumn(1024)) reqMsg: string;
  /** When it was asked last. Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  /** Who agreed or refused; "" while open. */
  @Column(idColumn()) handlerUserID: string;
  /** What was answered. */
  @Column(textColumn(1024)) handleMsg: string;
  /** Epoch milliseconds; 0 while open. */
  @Column(epochMsColumn()) handleTime: number;
  /** The applicant's, opaque to the server. */
  @Column(textColumn(4096)) ex: string;
}
