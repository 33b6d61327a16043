import { describe, expect, it } from 'vitest';
import { MAX_PAGE, pageBounds } from './pages.js';

/** A page of a list of ten. */
const ofTen = (pageNumber: number, showNumber: number) => pageBounds({ pageNumber, showNumber }, 10);

describe('A page of a list', () => {
  it.each([
    [1, 3, { offset: 0, limit: 3 }],
    [2, 3, { offset: 3, limit: 3 }],
    [4, 3, { offset: 9, limit: 3 }],
    [1, 10, { offset: 0, limit: 10 }],
    [1, 100, { offset: 0, limit: 100 }],
    [10, 1, { offset: 9, limit: 1 }],
  ])('number %i of %i entries each lies where one expects it', (pageNumber, showNumber, bounds) => {
    expect(ofTen(pageNumber, showNumber)).toEqual(bounds);
  });

  it.each([
    [2, 10],
    [5, 3],
    [11, 1],
    [2 ** 31 - 1, 2 ** 31 - 1],
  ])('number %i of %i entries each is past the end: nothing is asked for', (pageNumber, showNumber) => {
    expect(ofTen(pageNumber, showNumber)).toEqual({ offset: 0, limit: 0 });
  });

  it('of an empty list is empty', () => {
    expect(pageBounds({ pageNumber: 1, showNumber: 10 }, 0)).toEqual({ offset: 0, limit: 0 });
  });

  it('of no entries has none', () => {
    expect(ofTen(1, 0).limit).toBe(0);
    expect(ofTen(3, 0).limit).toBe(0);
  });

  it.each([1, 3, 7, 10, 11])('and all the others show every entry once, %i at a time', (showNumber) => {
    const list = Array.from({ length: 10 }, (_, index) => index);
    const seen = Array.from({ length: 12 }, (_, page) => ofTen(page + 1, showNumber)).flatMap(({ offset, limit }) =>
      list.slice(offset, offset + limit),
    );
    expect(seen).toEqual(list);
  });

  it('has an upper bound, however many are asked for', () => {
    expect(pageBounds({ pageNumber: 1, showNumber: MAX_PAGE + 1 }, 1_000_000).limit).toBe(MAX_PAGE);
    expect(pageBounds({ pageNumber: 1, showNumber: 2 ** 31 - 1 }, 1_000_000).limit).toBe(MAX_PAGE);
  });

  it('follow one another without a gap, also when more are asked for than a page has', () => {
    const pages = [1, 2, 3].map((pageNumber) => pageBounds({ pageNumber, showNumber: 2 * MAX_PAGE }, 1_000_000));
    expect(pages.map(({ offset }) => offset)).toEqual([0, MAX_PAGE, 2 * MAX_PAGE]);
  });
});
