import { carrier } from '../../../operators/internal/carrier.ts';

const routes = new WeakMap<Request, string>();

/** Notes which of the paths that an app knows a request is for: `/v1/jobs/:id`. */
export function noteRoute(request: Request, route: string): void {
  if (carrier.current) routes.set(request, route);
}

/** Answers a request where it comes from; what a client says of that is believed as far as it is well formed. */
export async function traced(request: Request, answer: () => Response | Promise<Response>): Promise<Response> {
  const { current } = carrier;
  if (!current) return answer();
  const { headers, method } = request;
  const [traceparent, tracestate] = [headers.get('traceparent') ?? undefined, headers.get('tracestate') ?? undefined];
  const from = current.from({ traceparent, tracestate }, 'here');
  const stretch = current.begin({ operation: 'request', system: 'http', destination: method }, from);
  try {
    const response = await current.run(stretch.carried, answer);
    stretch.end({ status: response.status, route: routes.get(request) });
    return response;
  } catch (failure) {
    stretch.end({ failure });
    throw failure;
  }
}
