import { accessToken$, noteRefusal } from './accessToken.ts';
import { toFailure } from './toFailure.ts';

/** What the token is for: the observer, which is elsewhere, has keys of its own. */
const GUARDED = '/v1/';

/** One request, with the token that there is where it is for. Rejects with an ApiFailure unless the answer is a success. */
export async function fetchAsAdmin(path: string, { headers, ...init }: RequestInit = {}): Promise<Response> {
  const isGuarded = path.startsWith(GUARDED);
  const shown = isGuarded ? accessToken$.value : '';
  const all = new Headers(headers);
  if (shown !== '') all.set('authorization', `Bearer ${shown}`);
  const response = await fetch(path, { ...init, headers: all });
  if (response.ok) return response;
  const problem: unknown = await response.json().catch(() => undefined);
  if (response.status === 401 && isGuarded) noteRefusal(shown);
  throw toFailure(problem, response.status);
}
