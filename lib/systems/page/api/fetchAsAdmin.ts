import { accessToken$, noteRefusal } from './accessToken.ts';
import { toFailure } from './toFailure.ts';

/** One request with the token that there is. Rejects with an ApiFailure unless the answer is a success. */
export async function fetchAsAdmin(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
  const shown = accessToken$.value;
  const all = new Headers(headers);
  if (shown !== '') all.set('authorization', `Bearer ${shown}`);
  const response = await fetch(path, { ...init, headers: all });
  if (response.ok) return response;
  const problem: unknown = await response.json().catch(() => undefined);
  if (response.status === 401) noteRefusal(shown);
  throw toFailure(problem, response.status);
}
