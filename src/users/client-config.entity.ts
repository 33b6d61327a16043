import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { idColumn, longTextColumn } from '../database/columns.js';

/** An entry of the clients' configuration. Its meaning is the client's. */
@Entity('im_client_configs')
@Index('im_client_configs_by_key', ['configKey', 'userID'])
export class ClientConfig {
  /** Whose clients it is for; "" for everybody's. */
  @PrimaryColumn(idColumn()) userID: string;
  @PrimaryColumn({ type: 'varchar', length: 255 }) configKey: string;
  @Column(longTextColumn()) value: string;
}
