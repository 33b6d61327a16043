import { ArgumentInvalid } from '../core/errors.js';

/** Sides of a thumbnail, in pixels. Source: contract/v3/object-and-third.md "access_url". */
export const MAX_SIDE = 1024;

/** Largest picture a thumbnail is made of, in bytes. */
export const MAX_SOURCE_BYTES = 50 * 1024 * 1024;

export type ImageFormat = 'png' | 'jpeg' | 'gif';

/** A picture made smaller, or into another format. */
export interface ImageView {
  format: ImageFormat;
  /** Most pixels; 0: as many as the height leaves, or as the source has. */
  width: number;
  height: number;
}

const FORMATS: ReadonlyMap<string, ImageFormat> = new Map([
  ['png', 'png'],
  ['jpg', 'jpeg'],
  ['jpeg', 'jpeg'],
  ['gif', 'gif'],
]);

/**
 * What of an object is asked for: undefined is the object as it is. Sides that are no number count as 0; above 1024 the
 * object as it is. An unknown format is PNG. Source: contract/v3/object-and-third.md "access_url".
 *
 * @throws ArgumentInvalid for any other kind of view
 */
export function imageViewOf(query: Readonly<Record<string, string>>): ImageView | undefined {
  const { type = '' } = query;
  if (type === '') return undefined;
  if (type !== 'image') throw new ArgumentInvalid('invalid query type', 'query');
  const width = sideOf(query['width']);
  const height = sideOf(query['height']);
  if (width > MAX_SIDE || height > MAX_SIDE) return undefined;
  return { format: FORMATS.get((query['format'] ?? '').toLowerCase()) ?? 'png', width, height };
}

function sideOf(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : 0;
}

/** Bytes {@link isImage} looks at. */
export const IMAGE_HEAD_BYTES = 16;

/** What the library that makes thumbnails calls the formats {@link isImage} knows. */
export const SOURCE_FORMATS: ReadonlySet<string> = new Set(['png', 'jpeg', 'gif', 'webp', 'heif', 'tiff']);

/**
 * Whether content begins like a picture that thumbnails are made of. SVG is none: it is a program. No sign of these begins
 * an XML document, or a comment in one could pass for a picture: an AVIF's first box is shorter than 64 KiB.
 */
export function isImage(head: Uint8Array): boolean {
  const text = Buffer.from(head).toString('latin1');
  return (
    text.startsWith('\x89PNG\r\n\x1a\n') ||
    text.startsWith('\xff\xd8\xff') ||
    text.startsWith('GIF8') ||
    (text.startsWith('RIFF') && text.slice(8, 12) === 'WEBP') ||
    /^\0\0..ftypavi[fs]/s.test(text) ||
    text.startsWith('II*\0') ||
    text.startsWith('MM\0*')
  );
}
