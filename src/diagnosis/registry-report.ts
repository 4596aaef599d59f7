/** What the registry of one image answered, from the bot's place: its way step by step, and who was told what. */
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type {
  AccessAttempt,
  AccessOutcome,
  CertificateFault,
  CertificateView,
  RegistryAccess,
  Stage,
} from '../evidence/registry-access.ts';
import { familyOf } from './catalogue.ts';
import type { Diagnosis, RegistryReport, WayStep } from './diagnosis.ts';
import { rowsOf } from './registry-answers.ts';
import { list, minuteOf, tidy } from './words.ts';

/** One report for each image that was asked for, in the order of the cases. */
export function registryReports(cases: readonly Pick<Evidence, 'reference' | 'registryAccess'>[]): RegistryReport[] {
  const reports = cases.flatMap(({ reference, registryAccess }): RegistryReport[] => {
    const parsed = valueOf(reference);
    const access = valueOf(registryAccess);
    if (parsed?.ok !== true || access === undefined || access.attempts.length === 0) return [];
    const { text } = parsed.reference;
    return [{ image: text, host: access.host, way: wayTo(access), asked: rowsOf(access) }];
  });
  return reports.filter(({ image }, index) => reports.findIndex((other) => other.image === image) === index);
}

const TELLING: ReadonlySet<string> = new Set(['reference', 'credentials', 'reachability', 'registry']);

/** The reports that a person should see: of images with something wrong that a registry knows about. */
export function tellingReports({ registries = [], findings, verdict }: Diagnosis): readonly RegistryReport[] {
  if (verdict.cause === 'undetermined') return registries;
  const images = new Set(findings.filter(({ cause }) => TELLING.has(familyOf(cause))).map(({ image }) => image));
  return registries.filter(({ image }) => images.has(image));
}

/** One line a step; steps that nobody came to are left out. */
export function wayLines(way: readonly WayStep[], host: string): string[] {
  return way.filter(({ state }) => state !== 'not-tried').map((step) => stepWords(step, host));
}

/** What the table of credentials shows, unless it failed on the way. */
const IN_TABLE: ReadonlySet<string> = new Set(['token', 'manifest']);

/** `dns 3 ms ok (10.0.0.7) · tcp 12 ms ok · tls failed: …`; steps that nobody came to are left out. Empty: nothing was measured. */
export function wayLine(way: readonly WayStep[], host: string): string {
  const told = way.filter(({ step, state }) => state === 'failed' || !IN_TABLE.has(step));
  return wayLines(told, host).join(' · ');
}

function stepWords(step: WayStep, host: string): string {
  const where = step.host === host ? step.step : `${step.step} ${step.host}`;
  const took = step.ms === undefined ? '' : ` ${step.ms} ms`;
  if (step.state === 'failed') return `${where} failed${took === '' ? '' : ` after${took}`}: ${step.fact}`;
  // A status is an answer, not always a good one.
  if (/^\d{3}$/.test(step.fact)) return `${where} ${step.fact}${took === '' ? '' : ` in${took}`}`;
  return `${where}${took} ok${step.fact === '' ? '' : ` (${step.fact})`}`;
}

/** The way of the question that failed on it, else of the first, which is the one that made the connection. */
export function wayTo({ attempts }: RegistryAccess): WayStep[] {
  const failed = attempts.find(({ way }) => way?.some(({ state }) => state === 'failed'));
  const told = failed ?? attempts[0];
  return (told?.way ?? []).map((stage) => stepOf(stage, told));
}

const NAMES: Readonly<Record<Stage['name'], string>> = {
  dns: 'dns',
  tcp: 'tcp',
  tls: 'tls',
  api: '/v2/',
  token: 'token',
  manifest: 'manifest',
};

function stepOf(stage: Stage, attempt: AccessAttempt | undefined): WayStep {
  const { name, host, state, ms } = stage;
  const fact = state === 'failed' ? faultOf(attempt) : factOf(stage);
  return { step: NAMES[name], host: tidy(host), state, ...(ms === undefined ? {} : { ms }), fact };
}

function factOf({ addresses = [], protocol, status }: Stage): string {
  if (addresses.length > 0) return `${addresses.slice(0, 3).map(tidy).join(', ')}${addresses.length > 3 ? ', …' : ''}`;
  return protocol ?? (status === undefined ? '' : String(status));
}

function faultOf(attempt: AccessAttempt | undefined): string {
  const outcome = attempt?.outcome;
  if (outcome?.kind === 'network') {
    return outcome.certificate === undefined ? tidy(outcome.detail) : describeCertificate(outcome.certificate);
  }
  return outcome?.kind === 'not-a-registry' ? 'what answers does not speak HTTP' : 'no answer';
}

const FAULT_WORDS: Readonly<Record<CertificateFault, (certificate: CertificateView) => string>> = {
  expired: ({ validTo }) => `expired on ${minuteOf(validTo)}`,
  'not-yet-valid': ({ validFrom }) => `not valid before ${minuteOf(validFrom)}`,
  'wrong-name': () => 'made out for another name',
  'self-signed': () => 'self-signed',
  'unknown-ca': () => 'signed by an authority that is not trusted here',
  'no-chain': () => 'sent without a chain: an intermediate is missing, or its authority is a private one',
};

/** `certificate of CN=… signed by CN=…, valid until …, names …: self-signed`. */
function describeCertificate(certificate: CertificateView): string {
  const { subject, issuer, names, validTo, problem } = certificate;
  const of = names.length === 0 ? 'no name' : list(names.slice(0, 5).map(tidy));
  const wrong = faultWords(certificate) || problem;
  const who = issuer === subject ? `signed by itself (${tidy(issuer)})` : `signed by ${tidy(issuer)}`;
  return `certificate ${who}, valid until ${minuteOf(validTo)}, for ${of}: ${wrong}`;
}

/** `expired on … and made out for another name`; empty where only OpenSSL's word is known. */
export function faultWords(certificate: CertificateView): string {
  return list((certificate.faults ?? []).map((fault) => FAULT_WORDS[fault](certificate)));
}

const CLOCK = 'If the date is right, the clock of whoever checks it is wrong.';
const AUTHORITY = ({ issuer }: CertificateView) =>
  `Install its authority (${tidy(issuer)}) for the runtime on every node, or have it signed by one that the nodes trust.`;

const MEND: Readonly<Record<CertificateFault, (certificate: CertificateView, host: string) => string>> = {
  expired: (_, host) => `Renew the certificate at ${host}. ${CLOCK}`,
  'not-yet-valid': (_, host) =>
    `Compare the clocks of node and ${host}; if they are right, issue the certificate anew.`,
  'wrong-name': (_, host) => `Issue a certificate that names ${host}, or write a name that it has into the reference.`,
  'self-signed': AUTHORITY,
  'unknown-ca': AUTHORITY,
  'no-chain': ({ issuer }, host) =>
    `Let ${host} send its intermediate certificates too; where its authority (${tidy(issuer)}) is a private one, install that for the runtime on every node.`,
};

/** What mends a way that breaks, where more is known than its cause; `host`: where it breaks. */
export function wayFix(
  { fault, detail, certificate }: Extract<AccessOutcome, { kind: 'network' }>,
  host: string,
): string | undefined {
  if (certificate !== undefined) return certificateFix(certificate, host);
  if (fault !== 'http-vs-https') return undefined;
  const at = tidy(host);
  return detail.includes('speaks https')
    ? `Take away what makes the node’s runtime ask ${at} with plain HTTP: it speaks TLS.`
    : `Mark ${at} as plain HTTP in the runtime’s configuration on every node (new nodes often lack it), or let it serve TLS.`;
}

/** What mends each of its faults; undefined where only OpenSSL's word is known. */
function certificateFix(certificate: CertificateView, host: string): string | undefined {
  const { faults = [] } = certificate;
  const steps = new Set(faults.map((fault) => MEND[fault](certificate, bareName(host))));
  return steps.size === 0 ? undefined : `${[...steps].join(' ')} Do not switch verification off.`;
}

function bareName(host: string): string {
  return tidy(host.replace(/:\d+$/, ''));
}
