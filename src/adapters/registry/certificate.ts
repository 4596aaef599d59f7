/** Reads the certificate of a host that was not trusted. Nothing is sent over this connection and nothing it says is believed. */
import { isIP, type LookupFunction } from 'node:net';
import { connect, type PeerCertificate } from 'node:tls';
import { formatTime, parseTime } from '../../clock.ts';
import type { CertificateView } from '../../evidence/registry-access.ts';
import { bareHost } from './addresses.ts';
import { createScrubber } from './text.ts';

/** The certificate behind `url`, or undefined when it cannot be read in time. `problem` is the code of the first attempt. */
export async function viewCertificate(
  url: URL,
  problem: string,
  options: { readonly lookup: LookupFunction; readonly timeoutMs: number; readonly signal: AbortSignal },
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
    return certificate?.valid_to === undefined ? undefined : view(certificate, problem);
  } finally {
    options.signal.removeEventListener('abort', stop);
    socket.destroy();
  }
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
