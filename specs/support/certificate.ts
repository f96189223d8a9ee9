import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporaryFolder.ts';

/** A key and a certificate that it has signed itself, as PEM. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

/** Makes one for names such as `DNS:hook.example` and `IP:127.0.0.1`, good for a day, or since long no more. */
export function selfSigned(names: string, { expired = false } = {}): Certificate {
  const config = [
    ...['[ca]', 'default_ca=x', '[x]', 'database=index', 'serial=serial', 'new_certs_dir=.', 'default_md=sha256'],
    ...[
      'policy=p',
      'x509_extensions=e',
      '[p]',
      'commonName=optional',
      '[e]',
      `subjectAltName=${names}`,
      'basicConstraints=CA:TRUE',
    ],
    ...['[req]', 'distinguished_name=d', '[d]', ''],
  ].join('\n');
  const cwd = temporaryFolder({ config, index: '', 'index.attr': '', serial: '01\n' });
  const openssl = (...args: readonly string[]) => execFileSync('openssl', args, { cwd, stdio: 'ignore' });
  const period = expired ? ['-startdate', '200101000000Z', '-enddate', '200102000000Z'] : ['-days', '1'];

  openssl(
    ...['req', '-new', '-config', 'config', '-subj', '/CN=specs', '-out', 'csr.pem', '-keyout', 'key.pem', '-nodes'],
    ...['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'],
  );
  openssl(
    ...['ca', '-batch', '-notext', '-config', 'config', '-selfsign', '-keyfile', 'key.pem', '-in', 'csr.pem'],
    ...['-out', 'cert.pem', ...period],
  );
  const read = (file: string) => readFileSync(join(cwd, file), 'utf8');
  return { key: read('key.pem'), cert: read('cert.pem') };
}
