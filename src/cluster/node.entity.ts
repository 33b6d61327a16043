import { Column, Entity, PrimaryColumn } from 'typeorm';
import { epochMsColumn, idColumn } from '../database/columns.js';

/** A running process on this database, while there may be several. */
@Entity('im_nodes')
export class Node {
  @PrimaryColumn(idColumn()) nodeID: string;
  /** Epoch milliseconds of the database's clock, renewed twice a second: what is old there, is gone. */
  @Column(epochMsColumn()) seenAt: number;
  /** Epoch milliseconds of the node's own clock. For people. */
  @Column(epochMsColumn()) startedAt: number;
}
