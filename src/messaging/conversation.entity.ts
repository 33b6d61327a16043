import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import {
  codeColumn,
  conversationIDColumn,
  epochMsColumn,
  flagColumn,
  idColumn,
  secondsColumn,
  seqColumn,
  textColumn,
} from '../database/columns.js';

/** A conversation as one of its users sees it. Source: contract/messages.md section 11. */
@Entity('im_conversations')
@Index('im_conversations_by_id', ['conversationID'])
@Index('im_conversations_by_owner', ['ownerUserID', 'createTime', 'conversationID'])
@Index('im_conversations_by_peer', ['userID'])
@Index('im_conversations_expiring', ['isMsgDestruct', 'ownerUserID', 'conversationID'])
export class Conversation {
  @PrimaryColumn(idColumn()) ownerUserID: string;
  @PrimaryColumn(conversationIDColumn()) conversationID: string;
  /** 1 single, 3 group, 4 notification account. */
  @Column(codeColumn()) conversationType: number;
  /** The peer, "" in a group. */
  @Column(idColumn()) userID: string;
  /** The group, "" outside. */
  @Column(idColumn()) groupID: string;
  /** 0 receive, 1 refuse, 2 receive without offline push. */
  @Column(codeColumn()) recvMsgOpt: number;
  @Column(flagColumn()) isPinned: boolean;
  @Column(flagColumn()) isPrivateChat: boolean;
  /** Seconds a private message lives after it was read. */
  @Column(secondsColumn()) burnDuration: number;
  /** 0 none, 1 me, 2 all, 3 all and me, 4 announcement. */
  @Column(codeColumn()) groupAtType: number;
  @Column(textColumn(4096)) attachedInfo: string;
  @Column(textColumn(4096)) ex: string;
  /** Lowest seq the owner may read, 0 without a limit. */
  @Column(seqColumn()) minSeq: number;
  /** Highest seq the owner may read, set when he left; 0 without a limit. */
  @Column(seqColumn()) maxSeq: number;
  @Column(flagColumn()) isMsgDestruct: boolean;
  /** Seconds after which messages are hidden from the owner. */
  @Column(secondsColumn()) msgDestructTime: number;
  /** Epoch milliseconds of the last such run. */
  @Column(epochMsColumn()) latestMsgDestructTime: number;
  /** Epoch milliseconds. Not on the wire. */
  @Column(epochMsColumn()) createTime: number;
}
