/**
 * Can the registry be reached? The bot's place in the network is not the node's: when both fail alike it is certain, when the bot
 * gets through and the node does not, that contrast is the finding.
 */
import type { PullFailure } from '../../evidence/evidence.ts';
import { valueOf } from '../../evidence/observation.ts';
import type { AccessAttempt, AccessOutcome, RegistryAccess } from '../../evidence/registry-access.ts';
import { CAUSES, familyOf } from '../catalogue.ts';
import { type CheckResult, type Detail, defineCheck, type Finding } from '../check.ts';
import { isMute } from '../explains.ts';
import { couldNotLook } from '../gaps.ts';
import { readAttempt } from '../registry-answers.ts';
import { commandLine } from '../shell.ts';
import { list, tidy } from '../words.ts';

export const registryReachable = defineCheck({
  id: 'registry-reachable',
  question: 'Can the registry be reached?',
  needs: ['registryAccess', 'pullFailure'],
  run({ registryAccess, pullFailure }): CheckResult {
    if (registryAccess.status !== 'observed') return couldNotLook({ registryAccess });
    const access = registryAccess.value;
    const failure = valueOf(pullFailure);
    const reached = access.attempts.find((attempt) => !['network', 'not-asked'].includes(readAttempt(attempt)));
    if (reached !== undefined) return answered(access, reached, failure);
    const broken = access.attempts.find(({ outcome }) => outcome.kind === 'network');
    if (broken?.outcome.kind === 'network') {
      const heard = pullFailure.status === 'observed' || pullFailure.status === 'absent';
      return unreached({ host: access.host, at: whereOf(access, broken), fault: broken.outcome }, failure, heard);
    }
    const refused = access.attempts.map(({ outcome }) => outcome).find((outcome) => outcome.kind === 'refused');
    const why = refused?.kind === 'refused' ? `for safety: ${tidy(refused.reason)}` : 'nobody asked';
    return {
      verdict: 'inconclusive',
      note: `the registry ${access.host} was not asked, ${why}`,
      missing: ['registryAccess'],
    };
  },
  command({ registryAccess }) {
    if (registryAccess?.status !== 'observed') return undefined;
    const { scheme = 'https', host } = registryAccess.value;
    return commandLine('curl', '-sSI', '--max-time', '10', `${scheme}://${host}/v2/`);
  },
});

/** The node said that it did not get through to the registry. */
function saysNetwork(failure: PullFailure | undefined): failure is PullFailure {
  return failure !== undefined && familyOf(failure.classification.kind) === 'reachability';
}

function answered(access: RegistryAccess, reached: AccessAttempt, failure: PullFailure | undefined): CheckResult {
  const took = `${access.host} answered the bot in ${Math.round(reached.durationMs)} ms`;
  if (!saysNetwork(failure)) {
    const note = `${took}${reached.status === undefined ? '' : ` with ${reached.status}`}`;
    return { verdict: 'pass', note, ruledOut: [{ cause: 'registry-unreachable', because: ['registryAccess'] }] };
  }
  const cause = failure.classification.kind;
  const summary = `The node reports "${CAUSES[cause].title.toLowerCase()}", but ${took}: the difference lies on the node or on its way to the registry.`;
  return fail({
    cause,
    confidence: 'likely',
    because: ['pullFailure', 'registryAccess'],
    summary,
    detail: { host: failure.classification.host ?? access.host, message: tidy(failure.message), fromBot: 'reached' },
    alternatives: failure.classification.also,
  });
}

/** Faults that depend on the client's own settings, which are the bot's here: a node may be set up for this registry, and the bot not. */
const SET_UP: Partial<Record<Fault['fault'], string>> = {
  'http-vs-https': 'plainHttp: true',
  'tls-untrusted': 'caFile: FILE',
};

/** How to let the bot see what the nodes see. */
function advice({ host, fault }: Broken): string {
  const setting = SET_UP[fault.fault];
  return setting === undefined
    ? ''
    : ` Where the nodes are set up for this registry, tell the bot too: registries: [{ host: "${host}", ${setting} }] in pullcheck.yaml.`;
}

type Fault = Extract<AccessOutcome, { kind: 'network' }>;

interface Broken {
  readonly host: string;
  /** The registry, or the token server that it sends everybody to: for a person. */
  readonly at: string;
  readonly fault: Fault;
}

/** A registry that has sent its challenge was reached; it is the realm behind it that fails. */
function whereOf({ host }: RegistryAccess, { challenge }: AccessAttempt): string {
  const token = URL.parse(challenge.realm ?? '')?.host;
  return token === undefined || token === host ? host : `${tidy(token)} (the token server of ${host})`;
}

function unreached(broken: Broken, failure: PullFailure | undefined, heard: boolean): CheckResult {
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
  const cause = fault.fault === 'registry-unreachable' && !mute ? said : fault.fault;
  const isOurs = SET_UP[fault.fault] !== undefined;
  const summary = mute
    ? `The bot cannot reach ${at}: ${describe(fault)}. ${!heard ? 'No node was heard about it, and a node looks from another place.' : 'The node’s own words give no reason.'}${advice(broken)}`
    : `Neither node nor bot gets through to ${at}, but they fail differently: the node reports ${said}, the bot met ${fault.fault} (${describe(fault)}).${advice(broken)}`;
  return fail({
    cause,
    // From the bot's place alone it is no more than a sign.
    confidence: heard && !isOurs ? 'likely' : 'possible',
    because: mute ? ['registryAccess'] : ['registryAccess', 'pullFailure'],
    summary,
    detail: detailOf(broken),
    alternatives: mute || said === cause ? [] : [said],
  });
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
    alternatives: [],
  };
}

function describe({ fault, detail, certificate }: Fault): string {
  if (certificate === undefined) return `${CAUSES[fault].title.toLowerCase()} (${tidy(detail)})`;
  const names = certificate.names.length === 0 ? 'no name' : list(certificate.names.slice(0, 5).map(tidy));
  return `its certificate is not trusted (${certificate.problem}): issued by ${tidy(certificate.issuer)} for ${names}, valid ${certificate.validFrom} to ${certificate.validTo}`;
}

function detailOf({ host, fault: { detail, certificate } }: Broken): Detail {
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
        }),
  };
}

function fail(finding: Finding): CheckResult {
  return { verdict: 'fail', note: finding.summary, findings: [finding] };
}
