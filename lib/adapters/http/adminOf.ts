import type { Admin } from './authorizeAdmin.ts';
import { isLoopback } from './hostNames.ts';

/** Who administers a server that listens at `host`. Without a token: everybody who reaches the loopback address. */
export function adminOf(host: string, token: string | undefined): Admin {
  if (token !== undefined) return { token };
  return isLoopback(host) ? 'everybody' : 'nobody';
}
