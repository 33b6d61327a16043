// openapi:check — the OpenAPI document is valid, and the committed one is what the code says. openapi:update rewrites it.
import 'reflect-metadata';
import { readFile, writeFile } from 'node:fs/promises';
import { validate } from '@readme/openapi-parser';
import { pino } from 'pino';
import { readEnvironment } from '../dist/config/environment.js';
import { openApiDocument } from '../dist/server/docs.js';
import { startServer } from '../dist/server/server.js';

const COMMITTED = new URL('../docs/openapi.json', import.meta.url);

const config = readEnvironment({
  HOST: '127.0.0.1',
  API_PORT: '0',
  LEGACY_API_PORT: '0',
  DATABASE_URL: 'sqlite::memory:',
});
const server = await startServer(config, pino({ level: 'silent' }));
const served = await fetch(`http://127.0.0.1:${server.apiPort}/docs-json`).then((answer) => answer.json());
const text = `${JSON.stringify(await openApiDocument(server.app), null, 2)}\n`;
await server.close();

const problems = [];
const result = await validate(structuredClone(served));
if (!result.valid) problems.push(...result.errors.map(({ message }) => message));
if (served.openapi !== '3.1.0') problems.push(`the document says openapi ${served.openapi}, not 3.1.0`);
if (process.argv[2] === 'update') await writeFile(COMMITTED, text);
else if ((await readFile(COMMITTED, 'utf8').catch(() => '')) !== text) {
  problems.push(
    'docs/openapi.json is not what the code says: if the change is meant, run `npm run openapi:update` and commit it',
  );
}
for (const problem of problems) console.error(`openapi: ${problem}`);
console.log(`openapi: ${Object.keys(served.paths).length} paths, ${problems.length} problem(s)`);
process.exit(problems.length === 0 ? 0 : 1);
