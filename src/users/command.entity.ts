import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn, longTextColumn, textColumn } from '../database/columns.js';

/** Something a client keeps for its user on the server, favourites for example. Its meaning is the client's. */
@Entity('im_user_commands')
@Index('im_user_commands_by_uuid', ['userID', 'type', 'uuid'])
export class UserCommand {
  @PrimaryColumn(idColumn()) userID: string;
  /** Of ours, rising with time: the protocol lets a user have one (type, uuid) twice. */
  @PrimaryColumn(idColumn()) commandID: string;
  @Column(codeColumn()) type: number;
  /** The client's name for it. */
  @Column(textColumn(255)) uuid: string;
  @Column(longTextColumn()) value: string;
  @Column(textColumn(4096)) ex: string;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) createTime: number;
}
