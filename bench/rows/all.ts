import type { Row } from '../frame/row.js';
import { conversationList } from './conversation-list.js';
import { fanOut } from './fan-out.js';
import { idleConnections } from './idle-connections.js';
import { incrementalSync } from './incremental-sync.js';
import { latency } from './latency.js';
import { pull100 } from './pull-100.js';
import { registerOne, registerThousand } from './register.js';
import { restNoDatabase } from './rest-no-database.js';
import { restSend } from './rest-send.js';
import { startUp } from './start-up.js';
import { tokenCheckRead } from './token-check-read.js';
import { tokenIssue } from './token-issue.js';
import { wsSend } from './ws-send.js';

/** In the order they run. */
export const ROWS: readonly Row[] = [
  startUp,
  restNoDatabase,
  tokenIssue,
  tokenCheckRead,
  registerOne,
  registerThousand,
  restSend,
  wsSend,
  pull100,
  conversationList,
  incrementalSync,
  latency,
  fanOut,
  idleConnections,
];
