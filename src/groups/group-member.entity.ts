import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, textColumn } from '../database/columns.js';

/** A user in a group. Source: contract/v3/common.md section 12. */
@Entity('im_group_members')
@Index('im_group_members_by_user', ['userID', 'joinTime'])
@Index('im_group_members_in_order', ['groupID', 'roleLevel', 'joinTime', 'userID'])
export class GroupMember {
  @PrimaryColumn(idColumn()) groupID: string;
  @PrimaryColumn(idColumn()) userID: string;
  /** Name inside the group. Copied from the profile when a group is created through v1, else "" (the profile's shows). */
  @Column(textColumn(255)) nickname: string;
  @Column(textColumn(1024)) faceURL: string;
  /** 100 owner, 60 administrator, 20 ordinary. */
  @Column(codeColumn(20)) roleLevel: number;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) joinTime: number;
  /** 1 by an administrator, 2 invitation, 3 search, 4 QR code. */
  @Column(codeColumn()) joinSource: number;
  @Column(idColumn()) inviterUserID: string;
  @Column(idColumn()) operatorUserID: string;
  /** Epoch milliseconds until which the member may not write, 0 when free. */
  @Column(epochMsColumn()) muteEndTime: number;
  @Column(textColumn(4096)) ex: string;
}
