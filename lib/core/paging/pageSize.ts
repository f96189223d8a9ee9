/** A page size that no page can have. */
export class PageSizeError extends Error {
  override readonly name = 'PageSizeError';
  readonly code = 'invalid_page_size';
  readonly pageSize: unknown;

  constructor(pageSize: unknown) {
    super(`pageSize must be a whole number from 0 (the default size) up, not ${String(pageSize)}`);
    this.pageSize = pageSize;
  }
}

/** The size a page will have: the default for 0 or none, cut down to the largest. */
export function resolvePageSize(
  asked: number | undefined,
  sizes: { readonly default: number; readonly max: number },
): number {
  if (asked === undefined || asked === 0) return sizes.default;
  if (!Number.isInteger(asked) || asked < 0) throw new PageSizeError(asked);
  return Math.min(asked, sizes.max);
}
