import { type ImError, OperationVetoed } from '../core/errors.js';
import { type V3Error, V3_ERRORS } from '../dialects/errors/v3.js';

/** How something ended; `errCode` 0 is success. Source: contract/gateway.md section 2. */
export interface Outcome {
  errCode: number;
  errMsg: string;
  errDlt: string;
}

/** A client is let in. */
export const ACCEPTED: Outcome = { errCode: 0, errMsg: '', errDlt: '' };

/** The server is full. */
export const TOO_MANY_CONNECTIONS: Outcome = {
  errCode: 1601,
  errMsg: 'ConnOverMaxNumLimit',
  errDlt: 'the server has as many connections as it takes',
};

/** The token of somebody else, or of another platform. */
export const NOT_HIS_TOKEN: Outcome = {
  errCode: 1502,
  errMsg: 'TokenInvalidError',
  errDlt: 'the token is not for this sendID and platformID',
};

/** A failure, by the codes of v3. Source: contract/gateway.md 3.2. */
export function outcomeOf(error: ImError): Outcome {
  const { errCode, errMsg, errDlt = error.message }: V3Error = V3_ERRORS[error.code];
  return {
    errCode: error instanceof OperationVetoed ? error.errCode : errCode,
    errMsg,
    errDlt: typeof errDlt === 'function' ? errDlt(error) : errDlt,
  };
}
