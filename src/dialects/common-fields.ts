import type { FieldOptions } from './fields.js';
import { Int, Text } from './fields.js';

/** Members that many requests share. */

/** v1 and v2: opaque text that names the request in logs, in the body. Not trimmed. */
export function OperationID(): PropertyDecorator {
  return Text({ description: 'Names the request in logs. Any text.', example: '1646445464564' });
}

/** A userID or groupID of something that should exist: unknown ones are the operation's business. */
export function ID(options: FieldOptions = {}): PropertyDecorator {
  return Text({ max: 255, ...options });
}

/** v1 and v2: an AppServer's secret. */
export function Secret(): PropertyDecorator {
  return Text({ max: 32, description: 'One of the configured secrets (`IM_SECRET`).', example: 'tuoyun' });
}

/** v1 and v2: 1 iOS, 2 Android, 3 Windows, 4 OSX, 5 Web, 6 mini program, 7 Linux, 8 Android pad, 9 iPad. */
export function Platform(upTo: number): PropertyDecorator {
  return Int({ values: Array.from({ length: upTo }, (_, index) => index + 1), description: 'Platform of the token.' });
}
