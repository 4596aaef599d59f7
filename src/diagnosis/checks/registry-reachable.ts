/**
 * Can the registry be reached? The bot's place in the network is not the node's: when both fail alike it is certain, when the bot
 * gets through and the node does not, that contrast is the finding.
 */

import { formatDuration } from '../../clock.ts';
import { hasStarted } from '../../evidence/crashes.ts';
import type { EvidenceView, PullFailure } from '../../evidence/evidence.ts';
import { inClusterHost } from '../../evidence/in-cluster-host.ts';
import { type Observation, valueOf } from '../../evidence/observation.ts';
import type { AccessAttempt, AccessOutcome, RegistryAccess } from '../../evidence/registry-access.ts';
import type { ContainerSnapshot, EventSnapshot } from '../../evidence/snapshots.ts';
import { mirrorIn } from '../../image/mirror.ts';
import { parseReference } from '../../image/reference.ts';
import { CAUSES } from '../catalogue.ts';
import { type CheckResult, type Detail, defineCheck, type Finding } from '../check.ts';
import type { WayStep } from '../diagnosis.ts';
import { isMute } from '../explains.ts';
import { couldNotLook } from '../gaps.ts';
import { contrast, saysNetwork } from '../node-contrast.ts';
import { isSetUp, setUpAdvice } from '../own-set-up.ts';
import { type Answer, cautionWords, nameOf, readAttempt, sortAttempts, whereOf } from '../registry-answers.ts';
import { faultWords, wayFix, wayLines, wayTo } from '../registry-report.ts';
import { commandLine } from '../shell.ts';
import { list, minuteOf, tidy } from '../words.ts';

type View = EvidenceView<'pullFailure' | 'container' | 'events'>;

export const registryReachable = defineCheck({
  id: 'registry-reachable',
  question: 'Can the registry be reached?',
  needs: ['registryAccess', 'pullFailure', 'container', 'events'],
  run(evidence): CheckResult {
    const { registryAccess, pullFailure } = evidence;
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess });
    const access = registryAccess.value;
    const failure = valueOf(pullFailure);
    const broken = brokenWay(access);
    if (broken !== undefined) return cutOff(broken, access, evidence);
    const reached = access.attempts.find(gotThrough);
    if (reached !== undefined) return answered(access, reached, failure);
    const strange = access.attempts.find((attempt) => readAttempt(attempt) === 'not-a-registry');
    if (strange !== undefined) return stranger(whereOf(access, strange));
    const refused = access.attempts.map(({ outcome }) => outcome).find((outcome) => outcome.kind === 'refused');
    const note =
      refused?.kind === 'refused' ? cautionWords(access.host, refused) : `the registry ${access.host} was not asked`;
    return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
  },
  command({ registryAccess }) {
    if (registryAccess?.status !== 'observed') return undefined;
    const { scheme = 'https', host } = registryAccess.value;
    return commandLine('curl', '-sSI', '--max-time', '10', `${scheme}://${host}/v2/`);
  },
});

/** The bot got through nowhere: the node's words, or its silence, decide what that says about the pod. */
function cutOff(broken: Broken, { askedAt }: RegistryAccess, { pullFailure, container, events }: View): CheckResult {
  const failure = valueOf(pullFailure);
  const other = askedInstead(failure, container);
  if (failure !== undefined || container.status !== 'observed')
    return other === undefined ? unreached(broken, failure, pullFailure.status) : besides(broken, other);
  const has = container.value;
  if (hasStarted(has)) return onlyOurs(broken);
  if (other !== undefined) return besides(broken, other);
  const since = pullingSince(has, valueOf(events) ?? []);
  const pullingMs = since === undefined || askedAt === undefined ? 0 : askedAt - since;
  if (HANGS.has(broken.fault.fault) && pullingMs >= LONG_PULL_MS) return fail(hangsToo(broken, pullingMs));
  return unreached(broken, failure, pullFailure.status);
}

const NOT_REACHED: ReadonlySet<Answer> = new Set<Answer>(['network', 'not-asked', 'not-a-registry']);

function gotThrough(attempt: AccessAttempt): boolean {
  return !NOT_REACHED.has(readAttempt(attempt));
}

/** None of the questions that the kubelet would ask gets through, and one of them breaks on the way; others may be answered. */
function brokenWay(access: RegistryAccess): Broken | undefined {
  const { pod } = sortAttempts(access);
  const asked = pod.length > 0 ? pod : access.attempts;
  if (asked.some(gotThrough)) return undefined;
  const cut = [...asked, ...access.attempts].find(({ outcome }) => outcome.kind === 'network');
  if (cut?.outcome.kind !== 'network') return undefined;
  const who = access.attempts.some(gotThrough) ? ` as ${nameOf(cut.credential)}` : '';
  return { host: access.host, at: `${whereOf(access, cut)}${who}`, fault: cut.outcome, way: wayTo(access) };
}

/** Something spoke from that address, but not as a registry: neither reached nor unreachable. */
function stranger(at: string): CheckResult {
  const note = `what answers the bot at ${at} does not speak as a registry: a portal or proxy may stand before it`;
  return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
}

/** The node has the image and complains of nothing: what keeps the bot away is nothing that the pod suffers from. */
function onlyOurs(broken: Broken): CheckResult {
  const note = `the bot cannot reach ${broken.at} (${describe(broken.fault)}); the node has its image, so this shows nothing about the node.${advice(broken)}`;
  return { verdict: 'inconclusive', note: note.replace(/\.$/, ''), missing: ['registryAccess'] };
}

/** The node's words are about another host than the one that the bot cannot reach. */
function besides(broken: Broken, other: string): CheckResult {
  const note = `the bot cannot reach ${broken.at} (${describe(broken.fault)}), but the node’s error is about ${other}, which the bot did not ask.${advice(broken)}`;
  return { verdict: 'inconclusive', note: note.replace(/\.$/, ''), missing: ['registryAccess'] };
}

function answered(access: RegistryAccess, reached: AccessAttempt, failure: PullFailure | undefined): CheckResult {
  const took = `${access.host} answered the bot in ${Math.round(reached.durationMs)} ms`;
  if (!saysNetwork(failure)) {
    const note = `${took}${reached.status === undefined ? '' : ` with ${reached.status}`}`;
    return { verdict: 'pass', note, ruledOut: [{ cause: 'registry-unreachable', because: ['registryAccess'] }] };
  }
  return fail(contrast({ access, reached, failure, took }));
}

/** How to let the bot see what the nodes see. */
function advice(broken: Broken): string {
  if (isOwnMachine(broken)) return ITSELF;
  return setUpAdvice(broken.host, broken.fault.fault);
}

type Fault = Extract<AccessOutcome, { kind: 'network' }>;

interface Broken {
  readonly host: string;
  /** The registry, or the token server that it sends everybody to: for a person. */
  readonly at: string;
  readonly fault: Fault;
  readonly way: readonly WayStep[];
}

function unreached(
  broken: Broken,
  failure: PullFailure | undefined,
  heard: Observation<PullFailure>['status'],
): CheckResult {
  const { at, fault } = broken;
  const said = failure?.classification.kind;
  const mute = said === undefined || isMute(said);
  if (!mute && !saysNetwork(failure)) {
    const note =
      `the bot cannot reach ${at} (${tidy(fault.detail)}), but the node’s error (${said}) shows that the node got further.${advice(broken)}`.slice(
        0,
        -1,
      );
    return { verdict: 'inconclusive', note, missing: ['registryAccess'] };
  }
  if (said === fault.fault || alsoPlain(broken, failure)) return fail(sameFault(broken));
  const cause = !mute && isBetterTold(said, fault) ? said : fault.fault;
  const isOurs = isOnlyOurs(broken);
  const summary = mute
    ? `The bot cannot reach ${at}: ${describe(fault)}. ${heard === 'observed' ? 'The node’s own words give no reason.' : 'No node was heard about it, and a node looks from another place.'}${advice(broken)}`
    : `Neither node nor bot gets through to ${at}, but they fail differently: the node reports ${said}, the bot met ${fault.fault} (${describe(fault)}).${advice(broken)}`;
  return fail({
    cause,
    // From the bot's place alone it is no more than a sign.
    confidence: heard === 'observed' && !isOurs ? 'likely' : 'possible',
    because: mute ? ['registryAccess'] : ['registryAccess', 'pullFailure'],
    summary,
    detail: detailOf(broken),
    ...mending(broken),
    alternatives: mute ? [] : leftOpen(cause, failure),
  });
}

function leftOpen(cause: Finding['cause'], failure: PullFailure | undefined): Finding['alternatives'] {
  if (failure === undefined) return [];
  const { kind, also } = failure.classification;
  return kind === cause ? also : [kind];
}

/** The node's word says more: the bot's network has none for it, or met the cut that follows a refused certificate of the client's (TLS 1.3). */
function isBetterTold(said: string, { fault }: Fault): boolean {
  return fault === 'registry-unreachable' || (fault === 'connection-reset' && said === 'tls-handshake');
}

/** A node that is not answered waits for minutes before it says so (containerd tries each address for 30 s, and again). */
const LONG_PULL_MS = 60_000;
/** What the node is in the middle of when nobody answers it. */
const HANGS: ReadonlySet<string> = new Set(['connection-timeout', 'registry-unreachable']);

/** The node began to pull this image, and has told no end of it. */
function pullingSince(container: ContainerSnapshot, events: readonly EventSnapshot[]): number | undefined {
  if (container.state !== 'waiting') return undefined;
  const own = events.filter((event) => event.container === container.name);
  const latest = own.toSorted((a, b) => (b.lastAt ?? 0) - (a.lastAt ?? 0))[0];
  return latest?.reason === 'Pulling' && latest.message.includes(`"${container.image}"`) ? latest.lastAt : undefined;
}

function hangsToo(broken: Broken, pullingMs: number): Finding {
  return {
    cause: broken.fault.fault,
    // The node may be in the middle of a large image as well.
    confidence: 'likely',
    because: ['registryAccess', 'events'],
    summary: `The bot gets no answer from ${broken.at} (${describe(broken.fault)}), and the node has been pulling from there for ${formatDuration(pullingMs)} without an end, which agrees.`,
    detail: detailOf(broken),
    alternatives: [],
  };
}

/** The node failed on another host (a mirror) than the bot: one says nothing of the other. */
function askedInstead(failure: PullFailure | undefined, container: Observation<ContainerSnapshot>): string | undefined {
  const parsed = parseReference(valueOf(container)?.image ?? '');
  const mirror = parsed.ok && failure !== undefined ? mirrorIn(failure.message, parsed.reference) : undefined;
  return mirror === undefined ? undefined : tidy(mirror.host);
}

/** The bot found https behind a port where the node, by its own words, asks with plain http and is cut off. */
function alsoPlain({ host, fault }: Broken, failure: PullFailure | undefined): boolean {
  return (
    fault.fault === 'http-vs-https' &&
    failure?.classification.kind === 'connection-reset' &&
    fault.detail.includes('speaks https') &&
    failure.message.includes(`"http://${host}/`)
  );
}

function sameFault(broken: Broken): Finding {
  const { at, fault } = broken;
  return {
    cause: fault.fault,
    confidence: 'certain',
    because: ['registryAccess', 'pullFailure'],
    summary: `Node and bot both fail on ${at}: ${describe(fault)}.`,
    detail: detailOf(broken),
    ...mending(broken),
    alternatives: [],
  };
}

/** It hangs on where the bot is, or on how it is set up. */
function isOnlyOurs(broken: Broken): boolean {
  return isSetUp(broken.fault.fault) || isOwnMachine(broken);
}

/** Nothing listens on the bot's own machine, which its `localhost` is: of the node's that says nothing. */
function isOwnMachine({ host, fault }: Broken): boolean {
  return fault.fault === 'connection-refused' && inClusterHost(host)?.kind === 'node-itself';
}

const ITSELF = ' The bot’s own machine is meant by that name there, and on a node the node.';

/** What mends it depends on what exactly is wrong. */
function mending({ at, fault }: Broken): Pick<Finding, 'fix'> {
  const [host = ''] = at.split(' ', 1);
  const fix = wayFix(fault, host);
  return fix === undefined ? {} : { fix };
}

function describe({ fault, detail, certificate }: Fault): string {
  if (certificate === undefined) return `${CAUSES[fault].title.toLowerCase()} (${tidy(detail)})`;
  const names = certificate.names.length === 0 ? 'no name' : list(certificate.names.slice(0, 5).map(tidy));
  const wrong = certificate.faults?.length ? `; it is ${faultWords(certificate)}` : '';
  return `its certificate is not trusted (${certificate.problem}): issued by ${tidy(certificate.issuer)} for ${names}, valid ${minuteOf(certificate.validFrom)} to ${minuteOf(certificate.validTo)}${wrong}`;
}

function detailOf({ host, way, fault: { detail, certificate } }: Broken): Detail {
  return {
    host,
    error: tidy(detail),
    ...(certificate === undefined
      ? {}
      : {
          certificateSubject: tidy(certificate.subject),
          certificateIssuer: tidy(certificate.issuer),
          certificateNames: certificate.names.map(tidy),
          certificateValidTo: certificate.validTo,
          certificateProblem: certificate.problem,
          certificateFaults: certificate.faults ?? [],
        }),
    ...(way.length === 0 ? {} : { way: wayLines(way, host) }),
  };
}

function fail(finding: Finding): CheckResult {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}
