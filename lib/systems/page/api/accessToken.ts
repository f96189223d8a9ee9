import { BehaviorSubject } from 'rxjs';

/** Of this tab, and gone with it. */
const KEY = 'rxfan.token';

/** What the server is shown by those who may administer it; empty: nothing. */
export const accessToken$ = new BehaviorSubject(sessionStorage.getItem(KEY) ?? '');

/** Whether the server has asked for a token, and whether it has refused the one that it was given. */
export const tokenAsked$ = new BehaviorSubject<'no' | 'missing' | 'refused'>('no');

export function giveToken(token: string): void {
  sessionStorage.setItem(KEY, token);
  tokenAsked$.next('no');
  accessToken$.next(token);
}

/** To be told of every answer 401. */
export function noteRefusal(shown: string): void {
  if (shown === accessToken$.value) tokenAsked$.next(shown === '' ? 'missing' : 'refused');
}
