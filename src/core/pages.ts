/** Which part of a list is asked for. */
export interface Page {
  /** From 1. */
  pageNumber: number;
  /** Entries a page has; below 1 it has none, and only the total is asked for. */
  showNumber: number;
}

/** Most entries of one page, however many are asked for. */
export const MAX_PAGE = 10_000;

/** Where a page lies in a list of `total` entries; the limit is 0 for a page past the end. */
export function pageBounds({ pageNumber, showNumber }: Page, total: number): { offset: number; limit: number } {
  const limit = Math.min(showNumber, MAX_PAGE);
  const offset = (pageNumber - 1) * limit;
  return limit > 0 && offset < total ? { offset, limit } : { offset: 0, limit: 0 };
}
