import { Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { routePath } from 'hono/route';
import { InvalidPageTokenError, PageTokenMismatchError } from '../../contracts/pageTokenFailure.ts';
import { answerJson } from './answerJson.ts';
import { answerProblem, isOurFault, RequestError } from './problem.ts';
import { noteRoute } from './tracedRequest.ts';

/** What {@link createApi} answers by itself, and to whom. */
export interface ApiOptions {
  /** The description of the API. */
  readonly openapi: object;
  /**
   * Who is asking: the name of a tenant, to whom the page tokens of the answer belong; undefined is answered 401.
   * Absent: everybody is the same tenant.
   */
  readonly authorize?: ((request: Request) => string | undefined) | undefined;
  /** False while the server does not want new requests. */
  readonly ready?: (() => boolean) | undefined;
  /** Why the server cannot do its work at the moment, if that is so: /readyz answers it. */
  readonly hindrance?: (() => RequestError | undefined) | undefined;
  /** What a failure is answered as. Default: as it is. */
  readonly problemOf?: ((failure: unknown) => unknown) | undefined;
  /** Takes what went wrong inside, which no client is told. */
  readonly onError?: ((failure: unknown) => void) | undefined;
}

/** What every request under /v1 knows. */
export interface ApiEnv {
  readonly Variables: { tenant: string };
}

/** An API without a path under /v1 yet: problems for whatever goes wrong, who is asking, its description, and health. */
export function createApi(options: ApiOptions): Hono<ApiEnv> {
  const { openapi, authorize = () => '', ready = () => true, hindrance = () => undefined } = options;
  const { problemOf = asItIs, onError = () => undefined } = options;
  const app = new Hono<ApiEnv>();

  app.use(methodNotAllowed({ app, onMethodNotAllowed: (_, methods) => answerProblem(wrongMethod(methods)) }));
  app.notFound(() => answerProblem(new RequestError(404, 'not_found', 'there is nothing at this path')));
  app.onError((thrown, { req }) => {
    const failure = problemOf(thrown);
    if (isOurFault(failure, req.raw)) onError(failure);
    // Between tenants a token that belongs to another one must look like any other wrong token.
    const concealed = options.authorize !== undefined && failure instanceof PageTokenMismatchError;
    return answerProblem(concealed ? new InvalidPageTokenError() : failure);
  });

  app.use(async (context, next) => {
    await next();
    noteRoute(context.req.raw, routePath(context, -1));
  });
  app.use('/v1/*', async (context, next) => {
    const tenant = authorize(context.req.raw);
    if (tenant === undefined) {
      throw new RequestError(401, 'unauthorized', 'this needs credentials', { 'www-authenticate': 'Bearer' });
    }
    context.set('tenant', tenant);
    await next();
  });

  app.get('/openapi.json', () => answerJson(openapi));
  app.get('/healthz', () => answerJson({ status: 'ok' }));
  app.get('/readyz', () => {
    const why = ready() ? hindrance() : new RequestError(503, 'stopping', 'the server is stopping');
    return why === undefined ? answerJson({ status: 'ready' }) : answerProblem(why);
  });
  return app;
}

function wrongMethod(methods: readonly string[]): RequestError {
  const allow = methods.join(', ');
  return new RequestError(405, 'method_not_allowed', `this path answers to ${allow}`, { allow });
}

function asItIs(failure: unknown): unknown {
  return failure;
}
