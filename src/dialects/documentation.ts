import { applyDecorators } from '@nestjs/common';
import {
  ApiBody,
  ApiExtraModels,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiSecurity,
  getSchemaPath,
} from '@nestjs/swagger';
import type { Caller, ImCallSpec } from './speech.js';
import { offeredDialects } from './speech.js';

const CALLERS: Readonly<Record<Caller, string>> = {
  anyone: 'Anyone.',
  secret: 'An AppServer, by `secret`.',
  'secret-or-admin': 'An AppServer, by `secret`; without one, an administrator by token.',
  token: 'Anyone with a valid token.',
  admin: 'Administrators.',
  'admin-or-self': 'Administrators (ordinary users for themselves where `V1_SELF_SERVICE` is on).',
};

/** An operation's entry in the OpenAPI document: every dialect's request as one of several, with samples to try. */
export function documentCall(call: ImCallSpec): MethodDecorator {
  const dialects = offeredDialects(call);
  const speeches = dialects.map((dialect) => ({ dialect, ...call[dialect]! }));
  const samples = (part: 'request' | 'answer'): Record<string, { summary: string; value: object }> =>
    Object.fromEntries(speeches.map(({ dialect, sample }) => [dialect, { summary: dialect, value: sample[part] }]));
  const wantsToken = call.by !== 'anyone' && call.by !== 'secret';
  return applyDecorators(
    ApiOperation({
      operationId: call.path.replaceAll('/', '_'),
      summary: `${call.summary} (${dialects.join(', ')})`,
      description: `Who may call: ${CALLERS[call.by]}`,
    }),
    ApiExtraModels(...speeches.map(({ request }) => request)),
    ApiBody({
      schema: { oneOf: speeches.map(({ request }) => ({ $ref: getSchemaPath(request) })) },
      examples: samples('request'),
    }),
    ApiOkResponse({
      description: 'The envelope of the dialect; `errCode` 0 is success.',
      content: {
        'application/json': {
          schema: {
            type: 'object',
            required: ['errCode', 'errMsg'],
            properties: {
              errCode: { type: 'integer' },
              errMsg: { type: 'string' },
              errDlt: { type: 'string' },
              data: {},
            },
          },
          examples: samples('answer'),
        },
      },
    }),
    ...(dialects.includes('v3')
      ? [
          ApiHeader({
            name: 'operationID',
            required: dialects.length === 1,
            description: 'Any text that names the request in logs. v3 only: leave it empty to try v1 and v2.',
            schema: { type: 'string', ...(dialects.length === 1 ? { default: 'docs' } : {}) },
          }),
        ]
      : []),
    ...(wantsToken ? [ApiSecurity('token')] : []),
  );
}
