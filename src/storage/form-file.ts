import { PassThrough, type Readable } from 'node:stream';

/** The body is no HTML form with a file. */
export class NoFormFile extends Error {}

/** What a form may have besides the file: S3's forms have a dozen fields. */
const LIMITS = { files: 1, fields: 32, parts: 64, fieldSize: 16 * 1024, headerPairs: 32 };

/**
 * Hands the file of a multipart form to `take` while it arrives; nothing of it is kept in memory. Other fields are ignored.
 *
 * @throws NoFormFile, what `take` throws, and what breaks the source off
 */
export async function takeFormFile(
  source: Readable,
  contentType: string,
  field: string,
  take: (file: Readable) => Promise<void>,
): Promise<void> {
  const parser = await parserFor(contentType);
  let taken: Promise<void> | undefined;
  const parsed = new Promise<void>((resolve, reject) => {
    // The parser tells its own errors on the file, and goes on waiting for a file that is destroyed: so there is one of ours
    // in between, and whichever ends first ends it all.
    const file = new PassThrough().on('error', reject);
    const fail = (error: Error): void => void file.destroy(error);
    parser.on('file', (name, stream) => {
      if (name !== field || taken) {
        stream.resume();
        return;
      }
      stream.on('error', (error) => fail(new NoFormFile(error.message)));
      taken = take(stream.pipe(file));
      taken.catch(reject);
    });
    parser.once('finish', resolve);
    parser.on('error', (error: Error) => fail(new NoFormFile(error.message)));
    source.on('error', fail);
    source.pipe(parser);
  });
  try {
    await parsed;
  } finally {
    source.unpipe(parser);
    // Ends as well, and has cleaned up then; why it failed is known already.
    await Promise.allSettled([taken]);
  }
  if (!taken) throw new NoFormFile(`the form has no file in the field ${field}`);
  await taken;
}

/** @throws NoFormFile */
async function parserFor(contentType: string) {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) throw new NoFormFile('a multipart/form-data body is expected');
  const { Busboy } = await import('@fastify/busboy');
  try {
    return new Busboy({ headers: { 'content-type': contentType }, limits: LIMITS });
  } catch (error) {
    throw new NoFormFile((error as Error).message);
  }
}
