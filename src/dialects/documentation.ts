import { applyDecorators } from '@nestjs/common';
import { type Caller, callerOf, type ImCallSpec, offeredDialects } from './speech.js';

const CALLERS: Readonly<Record<Caller, string>> = {
  anyone: 'Anyone.',
  secret: 'An AppServer, by `secret`.',
  'secret-or-admin': 'An AppServer, by `secret`; without one, an administrator by token.',
  token: 'Anyone with a valid token; the operation decides what it lets whom do.',
  admin: 'Administrators.',
  'admin-or-self': 'Administrators (ordinary users for themselves where `V1_SELF_SERVICE` is on).',
};

/** Who bears a token: must, may, or need not. */
const SECURITY: Readonly<Record<Caller, Record<string, string[]>[]>> = {
  anyone: [],
  secret: [],
  'secret-or-admin': [{ token: [] }, {}],
  token: [{ token: [] }],
  admin: [{ token: [] }],
  'admin-or-self': [{ token: [] }],
};

/** What the answers of all dialects have in common. */
const ENVELOPE = {
  type: 'object',
  required: ['errCode', 'errMsg'],
  properties: { errCode: { type: 'integer' }, errMsg: { type: 'string' }, errDlt: { type: 'string' }, data: {} },
};

/** An operation's entry in the OpenAPI document: every dialect's request as one of several, with samples to try. */
export function documentCall(swagger: typeof import('@nestjs/swagger'), call: ImCallSpec): MethodDecorator {
  const { ApiBadRequestResponse, ApiBody, ApiExtraModels, ApiHeader, ApiOkResponse, ApiOperation } = swagger;
  const dialects = offeredDialects(call);
  const onlyV3 = dialects.every((dialect) => dialect === 'v3');
  const speeches = dialects.map((dialect) => ({ dialect, ...call[dialect]! }));
  const samples = (part: 'request' | 'answer'): Record<string, { summary: string; value: object }> =>
    Object.fromEntries(speeches.map(({ dialect, sample }) => [dialect, { summary: dialect, value: sample[part] }]));
  return applyDecorators(
    ApiOperation({
      operationId: call.path.replaceAll('/', '_'),
      summary: `${call.summary} (${dialects.join(', ')})`,
      description: `Who may call: ${whoMayCall(call)}`,
      security: securityOf(call),
    }),
    ApiExtraModels(...speeches.map(({ request }) => request)),
    ApiBody({
      schema: { oneOf: speeches.map(({ request }) => ({ $ref: swagger.getSchemaPath(request) })) },
      examples: samples('request'),
    }),
    ApiOkResponse({
      description: 'The envelope of the dialect; `errCode` 0 is success.',
      content: { 'application/json': { schema: ENVELOPE, examples: samples('answer') } },
    }),
    ...(onlyV3
      ? []
      : [ApiBadRequestResponse({ description: 'v1, v2: a parameter error or a wrong secret.', schema: ENVELOPE })]),
    ...(dialects.includes('v3') ? [ApiHeader(operationIDHeader(onlyV3))] : []),
  );
}

/** One sentence, or one per dialect where they differ. */
function whoMayCall(call: ImCallSpec): string {
  if (typeof call.by === 'string') return CALLERS[call.by];
  return offeredDialects(call)
    .map((dialect) => `${dialect}: ${CALLERS[callerOf(call, dialect)]}`)
    .join(' ');
}

/** Every way a caller of any dialect may show who it is, each once. */
function securityOf(call: ImCallSpec): Record<string, string[]>[] {
  const ways = offeredDialects(call).map((dialect) => SECURITY[callerOf(call, dialect)]);
  if (ways.every((way) => way === ways[0])) return ways[0] ?? [];
  return [{ token: [] }, ...(ways.some((way) => way.length !== 1) ? [{}] : [])];
}

function operationIDHeader(onlyV3: boolean) {
  return {
    name: 'operationID',
    required: onlyV3,
    description: 'Any text that names the request in logs. v3 only; v1 and v2 carry it in the body.',
    schema: { type: 'string', ...(onlyV3 ? { default: 'docs' } : {}) },
  };
}
