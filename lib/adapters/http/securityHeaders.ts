import { TextResponse } from './textResponse.ts';
import { answerProblem, isOurFault } from './problem.ts';

const HEADERS = {
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

/** Turns what an app throws into a problem, and gives every answer the headers a browser needs to keep it to itself. */
export function withSecurityHeaders<Env>(
  fetch: (request: Request, env: Env) => Promise<Response>,
  onError: (failure: unknown) => void,
): (request: Request, env: Env) => Promise<Response> {
  return async (request, env) => {
    const response = await fetch(request, env).catch((failure: unknown) => {
      if (isOurFault(failure, request)) onError(failure);
      return answerProblem(failure);
    });
    if (response instanceof TextResponse) {
      response.addHeaders(HEADERS);
      return response;
    }
    for (const [name, value] of Object.entries(HEADERS)) {
      if (!response.headers.has(name)) response.headers.set(name, value);
    }
    return response;
  };
}
