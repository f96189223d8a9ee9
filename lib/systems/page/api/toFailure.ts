import type { ApiFailure } from './apiFailure.ts';

/** What was thrown, or what the body of an answer that is no success says, as a failure that can be shown. */
export function toFailure(failure: unknown, answered = 0): ApiFailure {
  const { code, detail, status = answered } = (failure ?? {}) as { code?: unknown; detail?: unknown; status?: unknown };
  if (typeof code === 'string' && typeof detail === 'string') return { code, detail, status: Number(status) };
  if (answered !== 0) return { code: 'unreadable', detail: `The server answered ${answered}.`, status: answered };
  return { code: 'offline', detail: 'The server does not answer.', status: 0 };
}
