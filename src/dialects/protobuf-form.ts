import { ArgumentInvalid, BodyUnreadable } from '../core/errors.js';
import { OversizeBody } from './body.js';

/** The protobuf messages of an operation that is asked in protobuf too. Both are handed over in their JSON form. */
export interface ProtobufForm {
  request: { decode(bytes: Uint8Array): Record<string, unknown> };
  answer: { encode(message: object): Uint8Array };
}

/** True for the content types of protobuf bodies. Source: contract/v3/jssdk.md. */
export function isProtobuf(contentType: string | undefined): boolean {
  return /application\/(x-)?protobuf/i.test(contentType ?? '');
}

/**
 * Whether an operation that understands both is asked in protobuf; in JSON when nothing is said.
 *
 * @throws ArgumentInvalid for any other content type
 */
export function speaksProtobuf(contentType: string | undefined): boolean {
  if (isProtobuf(contentType)) return true;
  if (contentType === undefined || /application\/json/i.test(contentType)) return false;
  throw new ArgumentInvalid('unsupported content type', 'Content-Type');
}

/**
 * The body as the JSON form of a message. An HTTP framework leaves bytes there; one that does not read such bodies leaves
 * nothing, or an empty object, which is right for an empty body alone.
 *
 * @throws BodyUnreadable
 */
export function readProtobufBody(body: unknown, length: unknown, form: ProtobufForm): Record<string, unknown> {
  if (body instanceof OversizeBody) throw new BodyUnreadable(`body is larger than ${body.limit} bytes`);
  const bytes = body instanceof Uint8Array ? body : length === '0' ? new Uint8Array() : undefined;
  if (!bytes) throw new BodyUnreadable('body did not arrive as bytes: the server must read protobuf bodies raw');
  try {
    return form.request.decode(bytes);
  } catch {
    throw new BodyUnreadable('body is not the protobuf message expected');
  }
}
