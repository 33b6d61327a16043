import type { Page } from '../core/pages.js';
import { type FieldOptions, Int, Part } from './fields.js';

/** Members and shapes that v3 requests and answers share. */

/** Page numbers as v3 nests them. A page size below 1 asks for the total alone. Source: contract/v3/common.md section 8. */
export class PaginationV3 implements Page {
  @Int({ min: 1, missing: 'pageNumber is invalid', invalid: 'pageNumber is invalid', example: 1 }) pageNumber: number;
  @Int({ need: 'optional', example: 100 }) showNumber: number = 0;
}

/** The member `pagination`. */
export function Pagination(options: FieldOptions = {}): PropertyDecorator {
  return Part(() => PaginationV3, { missing: 'pagination is empty', ...options });
}

/** Page numbers where `pagination` may be left out, and no number is refused. */
export class LenientPaginationV3 implements Page {
  @Int({ need: 'optional', example: 1 }) pageNumber: number = 0;
  @Int({ need: 'optional', example: 100 }) showNumber: number = 0;
}

/** The member `pagination` where it may be left out. {@link pageOrNone} reads it. */
export function LenientPagination(): PropertyDecorator {
  return Part(() => LenientPaginationV3, { need: 'optional' });
}

/** The page that is asked for; without one, or with a page number below 1, the total alone. */
export function pageOrNone(pagination: LenientPaginationV3 | undefined): Page {
  return pagination && pagination.pageNumber >= 1 ? pagination : { pageNumber: 1, showNumber: 0 };
}

/** v3 writes an empty list as null, outside the four endpoints of the walkthrough. Source: contract/v3/common.md section 4. */
export function listOrNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length > 0 ? list : null;
}

/** A sample answer of v3. Without `data`: the operation answers nothing but success. */
export function v3Answer(data?: unknown): object {
  return { errCode: 0, errMsg: '', errDlt: '', ...(data === undefined ? {} : { data }) };
}
