import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { codeColumn, epochMsColumn, idColumn } from '../database/columns.js';

/** What may happen to a token after it was issued. Source: contract/v3/common.md section 6. */
export const TokenState = { normal: 0, invalid: 1, kicked: 2, expired: 3 } as const;

/** A token that was issued. The token itself is not stored: who reads the database cannot act as anybody. */
@Entity('im_user_tokens')
@Index('im_user_tokens_by_user', ['userID', 'platformID', 'expiresAt'])
export class UserToken {
  /** SHA-256 of the token, hex. */
  @PrimaryColumn({ type: 'varchar', length: 64 }) tokenHash: string;
  @Column(idColumn()) userID: string;
  /** 1 iOS … 11 HarmonyOS. */
  @Column(codeColumn()) platformID: number;
  /** 0 normal, 1 invalid, 2 kicked, 3 expired. */
  @Column(codeColumn()) state: number;
  /** Dialect it was issued in: 1, 2 or 3. Tells v1 and v2 apart where nothing else does. */
  @Column(codeColumn(3)) dialect: number;
  /** Epoch milliseconds. */
  @Column(epochMsColumn()) issuedAt: number;
  /** Epoch milliseconds; equals the `exp` claim unless the token was replaced and lives on for a while. */
  @Column(epochMsColumn()) expiresAt: number;
}
