import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The body is no HTML form with a file. */
export class NoFormFile extends Error {}

/** Fields of a form besides the file: S3's have a dozen. */
const LIMITS = { files: 1, fields: 32, parts: 64, fieldSize: 16 * 1024, headerPairs: 32 };

/**
 * Hands the file of a multipart form to `take` while it arrives; nothing of it is kept in memory. Other fields are ignored.
 *
 * @throws NoFormFile, and what `take` throws
 */
export async function takeFormFile(
  source: IncomingMessage,
  contentType: string,
  field: string,
  take: (file: Readable) => Promise<void>,
): Promise<void> {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new NoFormFile('a multipart/form-data body is expected');
  const { Busboy } = await import('@fastify/busboy');
  let taken: Promise<void> | undefined;
  let file: Readable | undefined;
  let form;
  try {
    form = new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch (error) {
    throw new NoFormFile((error as Error).message);
  }
  const parser = form;
  parser.on('file', (name, stream) => {
    if (name !== field || taken) {
      stream.resume();
      return;
    }
    file = stream;
    taken = take(stream);
    // A file that is not taken ends the form as well.
    taken.catch((error: Error) => parser.destroy(error));
  });
  const read = pipeline(source, parser).catch((error: Error) => {
    file?.destroy(error);
    return error;
  });
  const broken = await read;
  await taken;
  if (broken) throw new NoFormFile(broken.message);
  if (!taken) throw new NoFormFile(`the form has no file in the field ${field}`);
}
