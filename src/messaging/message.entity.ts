import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import {
  codeColumn,
  conversationIDColumn,
  epochMsColumn,
  flagColumn,
  idColumn,
  longTextColumn,
  seqColumn,
  textColumn,
} from '../database/columns.js';

/**
 * A stored message. What was written is never rewritten: afterwards only `isRead` and `revocation` are set, and a message
 * deleted for everybody loses its row. Its seq stays taken, so readers see a gap. Source: contract/messages.md section 1.
 */
@Entity('im_messages')
@Index('im_messages_by_time', ['sendTime', 'sessionType', 'sendID', 'conversationID'])
@Index('im_messages_once', ['conversationID', 'sendID', 'clientMsgID'], { unique: true })
export class Message {
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  /** Dense in its conversation, from 1. */
  @PrimaryColumn(seqColumn()) seq: number;
  @Column(idColumn()) sendID: string;
  /** The peer; the group ID in a group. */
  @Column(idColumn()) recvID: string;
  /** "" outside groups. */
  @Column(idColumn()) groupID: string;
  /** Chosen by the sender; a repeated one answers the first message again. */
  @Column(textColumn(128)) clientMsgID: string;
  @Column(textColumn(64)) serverMsgID: string;
  @Column(codeColumn()) senderPlatformID: number;
  @Column(textColumn(255)) senderNickname: string;
  @Column(textColumn(1024)) senderFaceURL: string;
  /** 1 single, 3 group, 4 notification account. */
  @Column(codeColumn()) sessionType: number;
  /** 100 user, 200 system. */
  @Column(codeColumn()) msgFrom: number;
  @Column(codeColumn()) contentType: number;
  /** JSON text in the v3 form of the content type; bare text for 111. */
  @Column(longTextColumn()) content: string;
  /** Epoch milliseconds; strictly rising within a conversation unless the sender chose it. */
  @Column(epochMsColumn()) sendTime: number;
  /** Epoch milliseconds, the sender's clock. */
  @Column(epochMsColumn()) createTime: number;
  /** 2 once stored. */
  @Column(codeColumn(2)) status: number;
  /** JSON object of booleans; a missing key counts as true. */
  @Column(textColumn(1024)) options: string;
  /** JSON object, or "" when there is none. */
  @Column(longTextColumn()) offlinePushInfo: string;
  /** JSON array of user IDs, or "" when nobody is mentioned. */
  @Column(longTextColumn()) atUserIDList: string;
  /** Opaque to the server. */
  @Column(longTextColumn()) attachedInfo: string;
  /** Opaque to the server. */
  @Column(longTextColumn()) ex: string;
  /** The peer of a single chat has read it. */
  @Column(flagColumn()) isRead: boolean;
  /** JSON of a {@link Revocation} once it was revoked, else "". The content stays, but nobody is shown it. */
  @Column(textColumn(2048)) revocation: string;
}

/** Who revoked a message, as of then. */
export interface Revocation {
  userID: string;
  /** Role in the group, `appMangerLevel` outside. */
  role: number;
  nickname: string;
  /** Epoch milliseconds. */
  time: number;
}
