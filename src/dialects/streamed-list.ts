import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { StreamableFile } from '@nestjs/common';

/** Stands where the list belongs while the envelope is written; random, so that no text of a user can be taken for it. */
const PLACE = `streamed-list:${randomUUID()}`;
const QUOTED_PLACE = JSON.stringify(PLACE);

/**
 * A list of any length that is never held as a whole: the caller gets it slice by slice, as fast as he reads. An operation
 * returns one, and its view puts it where the list belongs; a list of one slice is answered as any other.
 */
export class StreamedList<T> {
  private constructor(
    private readonly first: readonly T[],
    private readonly rest: AsyncIterator<readonly T[]> | undefined,
  ) {}

  /** Slices are never empty. Reads the first two, so that what goes wrong at the beginning is still answered as a failure. */
  static async of<T>(slices: AsyncIterable<readonly T[]>): Promise<StreamedList<T>> {
    const iterator = slices[Symbol.asyncIterator]();
    const first = await iterator.next();
    if (first.done) return new StreamedList<T>([], undefined);
    const second = await iterator.next();
    if (second.done) return new StreamedList(first.value, undefined);
    return new StreamedList([...first.value, ...second.value], iterator);
  }

  /** The list where it is short, else its place. */
  toJSON(): readonly T[] | string {
    return this.rest ? PLACE : this.first;
  }

  /**
   * The answer that has this list in it, as what the HTTP framework sends: itself where the list is short. When a later
   * slice fails the connection is cut, so that half a list is not taken for one.
   */
  within(answer: object): object {
    if (!this.rest) return answer;
    const [head = '', tail = ''] = JSON.stringify(answer).split(QUOTED_PLACE);
    const text = Readable.from(this.write(head, tail), { objectMode: false });
    return new StreamableFile(text, { type: 'application/json; charset=utf-8' });
  }

  private async *write(head: string, tail: string): AsyncGenerator<string> {
    const rest = this.rest as AsyncIterator<readonly T[]>;
    try {
      yield `${head}[${written(this.first)}`;
      for (let next = await rest.next(); !next.done; next = await rest.next()) yield `,${written(next.value)}`;
      yield `]${tail}`;
    } finally {
      // Who hangs up ends the reading.
      await rest.return?.();
    }
  }
}

/** Elements as they stand between the brackets. */
function written(elements: readonly unknown[]): string {
  return JSON.stringify(elements).slice(1, -1);
}
