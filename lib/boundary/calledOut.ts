import { carrier, type SentTrace } from '../../operators/internal/carrier.ts';

/** A request to somebody else: `ask` takes the headers that say what it belongs to. */
export async function calledOut<A extends { readonly status: number }>(
  method: string,
  host: string,
  ask: (trace: SentTrace) => Promise<A>,
): Promise<A> {
  const { current } = carrier;
  if (!current) return ask({});
  const stretch = current.begin({ operation: 'call', system: 'http', destination: method, host }, undefined);
  try {
    const answer = await current.run(stretch.carried, () => ask(current.headers(stretch.carried) ?? {}));
    stretch.end({ status: answer.status });
    return answer;
  } catch (failure) {
    stretch.end({ failure });
    throw failure;
  }
}
