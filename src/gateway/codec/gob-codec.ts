import { FrameMalformed, type Codec, type RequestFrame } from './frames.js';
import { GobReader } from './gob-reader.js';
import { definitionMessage, GobWriter, sizeOfStruct, sizeOfUnsigned } from './gob-writer.js';
import { GobType, type GobField } from './gob.js';

const NOTHING = Buffer.alloc(0);

/** A client sends one; more are allowed, but not without end. */
const MOST_DEFINITIONS = 8;

/** What the members of a request have to be; the token is passed over, whatever it is. Source: section 3.1. */
const REQUEST_TYPES = new Map<string, number>([
  ['ReqIdentifier', GobType.int],
  ['SendID', GobType.string],
  ['OperationID', GobType.string],
  ['MsgIncr', GobType.string],
  ['Data', GobType.bytes],
]);

/** The id a current Go encoder picks for the first type it defines, and its size. */
const RESPONSE_ID = 64;
const RESPONSE_ID_SIZE = 2;

/** What each response begins with. Source: contract/gateway.md section 5.3. */
const RESPONSE_DEFINITION = definitionMessage(RESPONSE_ID, 'Resp', [
  { name: 'ReqIdentifier', type: GobType.int },
  { name: 'MsgIncr', type: GobType.string },
  { name: 'OperationID', type: GobType.string },
  { name: 'ErrCode', type: GobType.int },
  { name: 'ErrMsg', type: GobType.string },
  { name: 'Data', type: GobType.bytes },
]);

/**
 * The codec of the native and the WebAssembly clients: Go's gob. Each frame tells its own types: definitions of structs,
 * then one value. Source: contract/gateway.md section 5.
 */
export const gobCodec: Codec = {
  name: 'gob',

  decode(bytes) {
    const reader = new GobReader(bytes);
    const definitions = new Map<number, GobField[]>();
    let request: RequestFrame | undefined;
    while (request === undefined) {
      request = reader.message(() => definitionOrValue(reader, definitions));
    }
    if (reader.hasMore()) throw new FrameMalformed('something follows the value');
    return request;
  },

  encode({ reqIdentifier, msgIncr, operationID, errCode, errMsg, data }) {
    const value = [reqIdentifier, Buffer.from(msgIncr), Buffer.from(operationID), errCode, Buffer.from(errMsg), data];
    const size = RESPONSE_ID_SIZE + sizeOfStruct(value);
    const writer = new GobWriter(RESPONSE_DEFINITION.length + sizeOfUnsigned(size) + size);
    writer.raw(RESPONSE_DEFINITION);
    writer.unsigned(size);
    writer.signed(RESPONSE_ID);
    writer.struct(value);
    return writer.written();
  },
};

/** Keeps a definition in `definitions`; returns a value. */
function definitionOrValue(reader: GobReader, definitions: Map<number, GobField[]>): RequestFrame | undefined {
  const id = reader.signed();
  if (id < 0) {
    if (definitions.has(-id)) throw new FrameMalformed(`type ${-id} is defined twice`);
    if (definitions.size === MOST_DEFINITIONS) throw new FrameMalformed('too many types');
    definitions.set(-id, reader.definition(-id));
    return undefined;
  }
  const fields = definitions.get(id);
  if (fields === undefined) throw new FrameMalformed(`a value of type ${id}, which is not defined`);
  return requestOf(reader, fields);
}

function requestOf(reader: GobReader, fields: readonly GobField[]): RequestFrame {
  const request: RequestFrame = { reqIdentifier: 0, sendID: '', operationID: '', msgIncr: '', data: NOTHING };
  assertTypes(fields);
  let index = -1;
  while ((index = reader.nextField(index, fields.length)) !== -1) {
    const field = fields[index];
    switch (field.name) {
      case 'ReqIdentifier':
        request.reqIdentifier = reader.signed();
        break;
      case 'SendID':
        request.sendID = reader.string();
        break;
      case 'OperationID':
        request.operationID = reader.string();
        break;
      case 'MsgIncr':
        request.msgIncr = reader.string();
        break;
      case 'Data':
        request.data = reader.bytes();
        break;
      default:
        reader.skip(field.type);
    }
  }
  return request;
}

function assertTypes(fields: readonly GobField[]): void {
  for (const { name, type } of fields) {
    if ((REQUEST_TYPES.get(name) ?? type) !== type) throw new FrameMalformed(`${name} has the type ${type}`);
  }
}
