// A service as Angular and NestJS have them: a class that is given what it needs. Its spec shows the three ways to test it.
import {
  debounceTime,
  defer,
  distinctUntilChanged,
  map,
  retry,
  switchMap,
  type Observable,
  type ObservableInput,
} from 'rxjs';

/** What is injected: a client of Angular answers with an Observable, a repository of NestJS with a promise. */
export interface SearchApi {
  find(text: string): ObservableInput<string>;
}

export class SearchService {
  private readonly api: SearchApi;

  constructor(api: SearchApi) {
    this.api = api;
  }

  /** The result of what was typed last, 300 ms after; a search that fails is tried once more a second later. */
  results(typed$: Observable<string>): Observable<string> {
    return typed$.pipe(
      map((text) => text.trim()),
      debounceTime(300),
      distinctUntilChanged(),
      switchMap((text) => defer(() => this.api.find(text)).pipe(retry({ count: 1, delay: 1_000 }))),
    );
  }
}
