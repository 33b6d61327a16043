import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** A group. One row behind all dialects. Source: contract/v3/common.md section 12, contract/legacy/dialects.md 3.4. */
@Entity('im_groups')
@Index('im_groups_by_create_time', ['createTime', 'groupID'])
export class Group {
  /** 32 hex digits when created through v1, decimal through v2 and v3, or chosen by the caller. */
  @PrimaryColumn(idColumn()) groupID: string;
  @Column(textColumn(255)) groupName: string;
  /** The announcement. */
  @Column(textColumn(4096)) notification: string;
  @Column(textColumn(4096)) introduction: string;
  @Column(textColumn(1024)) faceURL: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
  @Column(textColumn(4096)) ex: string;
  /** 0 ok, 1 banned, 2 dismissed, 3 muted. */
  @Column(codeColumn()) status: number;
  @Column(idColumn()) creatorUserID: string;
  /** Always 2, a working group. */
  @Column(codeColumn(2)) groupType: number;
  /** 0 applicants need approval, 1 everybody, 2 nobody. */
  @Column(codeColumn()) needVerification: number;
  @Column(codeColumn()) lookMemberInfo: number;
  @Column(codeColumn()) applyMemberFriend: number;
  /** Epoch milliseconds of the last announcement, 0 when there was none. */
  @Column(epochMsColumn()) notificationUpdateTime: number;
  /** Who wrote the announcement. */
  @Column(idColumn()) notificationUserID: string;
}
