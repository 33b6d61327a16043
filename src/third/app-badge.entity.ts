import { Column, Entity, PrimaryColumn } from 'typeorm';
import { codeColumn, idColumn } from '../database/columns.js';

/** The number on an app's icon that the next push to a user counts on from. */
@Entity('im_app_badges')
export class AppBadge {
  @PrimaryColumn(idColumn()) userID: string;
  @Column(codeColumn()) unreadCount: number;
}
