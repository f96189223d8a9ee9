import { networkReason } from '../../boundary/networkReason.ts';
import { shownText } from '../../boundary/shownText.ts';
import { inWords } from '../../contracts/inWords.ts';
import { NotifyError, type NotifyFailureKind } from '../../contracts/notifier.ts';
import { BlockedAddressError, BlockedUrlError } from './blockedTarget.ts';
import { ProtocolError } from './exchange.ts';

/** What went wrong with an attempt, under its class. Texts of the other side are cut and shown safely. */
export function toNotifyError(target: string, failure: unknown): NotifyError {
  if (failure instanceof NotifyError) return failure;
  const kind = kindOf(failure);
  const reason = kind === 'protocol' || kind === 'blocked' ? inWords(failure) : networkReason(failure);
  return new NotifyError(kind, target, shownText(reason), { cause: failure });
}

function kindOf(failure: unknown): NotifyFailureKind {
  if (failure instanceof BlockedUrlError || failure instanceof BlockedAddressError) return 'blocked';
  if (failure instanceof ProtocolError) return 'protocol';
  const code = failure instanceof Error && 'code' in failure ? String(failure.code) : '';
  return /^ERR_(?:TLS|SSL|OSSL)|CERT|^UNABLE_TO_|SIGNATURE|CRL|^EPROTO$|HOSTNAME_MISMATCH/.test(code)
    ? 'tls'
    : 'connection';
}
