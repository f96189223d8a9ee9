import { TextResponse } from './textResponse.ts';

/** How {@link answerJson} answers. */
export interface AnswerOptions {
  /** Default: 200. */
  readonly status?: number | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** An answer in JSON that nobody keeps. */
export function answerJson(body: object, { status = 200, headers = {} }: AnswerOptions = {}): Response {
  return new TextResponse(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  });
}
