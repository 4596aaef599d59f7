/** Reads the certificate of a host that was not trusted. Nothing is sent over this connection and nothing it says is believed. */
import { isIP, type LookupFunction } from 'node:net';
import { checkServerIdentity, connect, type PeerCertificate } from 'node:tls';
import { formatTime, parseTime } from '../../clock.ts';
import type { CertificateFault, CertificateView } from '../../evidence/registry-access.ts';
import { bareHost } from './addresses.ts';
import { createScrubber } from './text.ts';

/** The certificate behind `url`, or undefined when it cannot be read in time. `problem` is the code of the first attempt. */
export async function viewCertificate(
  url: URL,
  problem: string,
  options: {
    readonly lookup: LookupFunction;
    readonly timeoutMs: number;
    readonly signal: AbortSignal /** ms */;
    readonly now: number;
  },
): Promise<CertificateView | undefined> {
  const host = bareHost(url.hostname);
  const { promise, resolve } = Promise.withResolvers<PeerCertificate | undefined>();
  const socket = connect({
    host,
    port: url.port === '' ? 443 : Number(url.port),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    rejectUnauthorized: false,
    lookup: options.lookup,
    timeout: options.timeoutMs,
  });
  socket.once('secureConnect', () => resolve(socket.getPeerCertificate()));
  socket.once('timeout', () => resolve(undefined));
  socket.once('error', () => resolve(undefined));
  socket.once('close', () => resolve(undefined));
  function stop(): void {
    resolve(undefined);
  }
  options.signal.addEventListener('abort', stop, { once: true });
  if (options.signal.aborted) stop();
  try {
    const certificate = await promise;
    if (certificate?.valid_to === undefined) return undefined;
    return { ...view(certificate, problem), faults: faultsOf(certificate, { host, problem, now: options.now }) };
  } finally {
    options.signal.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/** OpenSSL stops at the first fault (`verify` manual, "Diagnostics"); the others show in the certificate itself. */
const BY_CODE: Readonly<Record<string, CertificateFault>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'not-yet-valid',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'self-signed',
  ERR_TLS_CERT_ALTNAME_INVALID: 'wrong-name',
  SELF_SIGNED_CERT_IN_CHAIN: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT: 'unknown-ca',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'unknown-ca',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no-chain',
};

function faultsOf(
  certificate: PeerCertificate,
  { host, problem, now }: { readonly host: string; readonly problem: string; readonly now: number },
): CertificateFault[] {
  const named = BY_CODE[problem];
  const from = parseTime(certificate.valid_from);
  const to = parseTime(certificate.valid_to);
  const isSelfSigned = distinguishedName(certificate.issuer) === distinguishedName(certificate.subject);
  return [
    ...new Set<CertificateFault>([
      ...(named === undefined ? [] : [named]),
      ...(to !== undefined && now > to ? (['expired'] as const) : []),
      ...(from !== undefined && now < from ? (['not-yet-valid'] as const) : []),
      ...(checkServerIdentity(host, certificate) === undefined ? [] : (['wrong-name'] as const)),
      ...(isSelfSigned && named !== 'unknown-ca' ? (['self-signed'] as const) : []),
    ]),
  ];
}

function view(certificate: PeerCertificate, problem: string): CertificateView {
  const scrub = createScrubber();
  return {
    subject: scrub.clean(distinguishedName(certificate.subject)),
    issuer: scrub.clean(distinguishedName(certificate.issuer)),
    names: (certificate.subjectaltname ?? '')
      .split(', ')
      .map((name) => scrub.clean(name.replace(/^(?:DNS|IP Address|URI|email):/, '')))
      .filter((name) => name !== '')
      .slice(0, 20),
    validFrom: rfc3339(certificate.valid_from),
    validTo: rfc3339(certificate.valid_to),
    problem,
  };
}

function distinguishedName(name: object | undefined): string {
  return Object.entries(name ?? {})
    .map(([key, value]) => `${key}=${Array.isArray(value) ? value.join('+') : String(value)}`)
    .reverse()
    .join(', ');
}

function rfc3339(text: string): string {
  const time = parseTime(text);
  return time === undefined ? '' : formatTime(time);
}
