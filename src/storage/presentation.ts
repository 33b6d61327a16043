/** How content is handed to browsers: as a file to save, never as a page of our origin. */

/** A media type somebody told us, if it is one; else bytes of no known kind. */
export function safeContentType(contentType: string): string {
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(\s*;[ -~]*)?$/.test(contentType) ? contentType : 'application/octet-stream';
}

/** RFC 5987: any name, in characters a header can hold. */
export function contentDisposition(fileName: string): string {
  const encoded = encodeURIComponent(fileName).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename*=UTF-8''${encoded}`;
}

/** The last part of an object's name: what it is saved as. */
export function fileNameOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1) || 'file';
}

/** Bytes from `start` to `end`, both included. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * What a `Range` header asks for of so many bytes: undefined is everything (also where several ranges are asked for, which
 * a server may ignore), `none` is nothing there is.
 */
export function rangeOf(header: string | undefined, size: number): ByteRange | 'none' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  return start > end || (from === '' && Number(to) === 0) ? 'none' : { start, end };
}
