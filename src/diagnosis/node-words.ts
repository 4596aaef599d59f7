/** What the node's own words say about a broken way beyond their kind: whose rule it was, and what of a certificate was minded. Pure. */
import type { EvidenceView, PullFailure } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { Cause } from './cause.ts';
import type { Finding } from './check.ts';
import { tidy } from './words.ts';

interface Telling {
  readonly of: readonly Cause[];
  readonly words: RegExp;
  readonly says: string;
  readonly fix: string;
}

/** Sentences of Go's crypto/x509 and crypto/tls, and of connect(2), as a runtime repeats them. */
const TELLING: readonly Telling[] = [
  {
    of: ['tls-untrusted'],
    words: /x509: certificate relies on legacy Common Name field/,
    says: 'The certificate has its name only as Common Name, which Go programs (containerd, CRI-O, Docker) do not read; other clients may.',
    fix: 'Issue the certificate anew with its names as subjectAltName. Do not switch verification off.',
  },
  {
    of: ['tls-handshake', 'tls-untrusted'],
    words: /remote error: tls: (?:certificate required|bad certificate|unknown certificate authority)/,
    says: 'The registry’s side refuses the node’s certificate, or misses one: it wants a client certificate (mutual TLS).',
    fix: 'Give the node’s runtime the client certificate that this registry wants (containerd: client = [[CERT, KEY]] in its hosts.toml), or let the registry ask for none.',
  },
  {
    of: ['connection-refused', 'network-unreachable', 'source-blocked', 'registry-unreachable'],
    words: / connect: (?:operation not permitted|permission denied)/,
    says: 'The node’s own kernel forbids the connection (a firewall rule, a network policy’s rule or a route on the node): nothing was sent to the registry.',
    fix: 'Look on the node for what forbids it: nft list ruleset, ip route get ADDRESS, the network plugin’s policies for the host. The registry itself is not the matter.',
  },
];

/** Go's reason for its distrust, to its end or the next message. */
const DISTRUST = /\bx509: [^"\n]{1,300}/;

/** Gives the finding back as it is where the node's words tell no more. */
export function withNodeWords(finding: Finding, { pullFailure }: EvidenceView<'pullFailure'>): Finding {
  const failure = valueOf(pullFailure);
  if (failure === undefined || failure.from === 'memory' || !finding.because.includes('pullFailure')) return finding;
  const words = failure.message.slice(0, 20_000);
  const known = TELLING.find(({ of, words: pattern }) => of.includes(finding.cause) && pattern.test(words));
  if (known !== undefined) return { ...finding, summary: `${finding.summary} ${known.says}`, fix: known.fix };
  return withReason(finding, failure, words);
}

/** Where the bot saw no fault of the certificate itself, the node's reason is all there is. */
function withReason(finding: Finding, { classification }: PullFailure, words: string): Finding {
  if (finding.cause !== 'tls-untrusted' || classification.kind !== 'tls-untrusted') return finding;
  const reason = finding.detail['certificateProblem'] === undefined ? DISTRUST.exec(words)?.[0] : undefined;
  return reason === undefined
    ? finding
    : { ...finding, summary: `${finding.summary} The node’s own words: “${tidy(reason)}”.` };
}
