import { shownText } from '../../boundary/shownText.ts';

/** Which rule a URL breaks. `form`: it is not written as it is meant. `own`: it leads back to this program. */
export type TargetRule = 'form' | 'scheme' | 'userInfo' | 'host' | 'port' | 'address' | 'own';

/** A URL that nothing is sent to, whatever its host resolves to. */
export class BlockedUrlError extends Error {
  override readonly name = 'BlockedUrlError';
  readonly code = 'blocked_url';
  readonly rule: TargetRule;
  /** The URL as it may be shown. */
  readonly target: string;

  constructor(rule: TargetRule, target: string, reason: string) {
    super(`${shownTarget(target)} cannot be a target: ${reason}`);
    this.rule = rule;
    this.target = shownTarget(target);
  }
}

/** A host has no address that may be connected to. */
export class BlockedAddressError extends Error {
  override readonly name = 'BlockedAddressError';
  readonly code = 'blocked_address';
  readonly host: string;

  constructor(host: string, reason: string) {
    super(`${shownText(host)}: ${reason}`);
    this.host = shownText(host);
  }
}

/** A target in errors: without its query and its user, which may be secret, on one line, and cut. */
export function shownTarget(target: string): string {
  const [place = ''] = target.split(/[?#]/, 1);
  return shownText(place.replace(/\/\/[^/]*@/, '//'));
}
