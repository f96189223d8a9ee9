import { networkReason } from '../../boundary/networkReason.ts';
import { shownText } from '../../boundary/shownText.ts';
import { NotifyError, type NotifyFailureKind } from '../../contracts/notifier.ts';
import { BlockedAddressError, BlockedUrlError } from './blockedTarget.ts';
import { ProtocolError } from './exchange.ts';

/** What went wrong with an attempt, under its class. Texts of the other side are cut and shown safely. */
export function toNotifyError(target: string, failure: unknown): NotifyError {
  if (failure instanceof NotifyError) return failure;
  return new NotifyError(kindOf(failure), target, shownText(networkReason(failure)), { cause: failure });
}

function kindOf(failure: unknown): NotifyFailureKind {
  if (failure instanceof BlockedUrlError || failure instanceof BlockedAddressError) return 'blocked';
  if (failure instanceof ProtocolError) return 'protocol';
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  if (code.startsWith('HPE_')) return 'protocol';
  return /^ERR_(?:TLS|SSL|OSSL)|CERT|^UNABLE_TO_|SIGNATURE|CRL|^EPROTO$|HOSTNAME_MISMATCH/.test(code)
    ? 'tls'
    : 'connection';
}
