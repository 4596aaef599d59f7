/** What a rollout would do to pods that are well: it replaces them, and takes them down for good if the new ones cannot pull. */
import { describeGap } from '../../evidence/observation.ts';
import type { PodSnapshot } from '../../evidence/snapshots.ts';
import { kubectlName, type WorkloadRef } from '../../target/target.ts';
import { isHealthy } from '../pods.ts';
import type { RemedyPorts } from '../ports.ts';
import { type Pullability, pullability } from './pullability.ts';

type Asking = Pick<RemedyPorts, 'reader' | 'registry'>;

/** The workload as the rollout would leave it. */
export interface Rollout extends WorkloadRef {
  readonly namespace: string;
  readonly selector: string;
  /** Container name -> image. */
  readonly images: Readonly<Record<string, string>>;
  /** Of the pod template; absent: new pods are given their service account's. */
  readonly imagePullSecrets?: readonly string[];
}

export interface Risk {
  readonly healthy: number;
  /** Why nobody can say whether the image can be pulled; only where no healthy pod is at stake. */
  readonly doubt?: string;
}

/** How many healthy pods it replaces; a sentence where it must not be done, beginning with why. `act`: `a restart`. */
export async function rolloutRisk(
  rollout: Rollout,
  act: string,
  ports: Asking,
  signal: AbortSignal,
): Promise<Risk | string> {
  const { namespace, selector } = rollout;
  const list = await ports.reader.pods({ namespace, selector }, signal);
  if (list.status !== 'observed') {
    return `Nobody can say what ${act} would stop. ${describeGap(`The pods of ${kubectlName(rollout)}`, list)}`;
  }
  if (list.value.truncated) {
    return `Nobody can say what ${act} would stop: ${kubectlName(rollout)} has more pods than could be listed (${list.value.pods.length} of them).`;
  }
  const pods = list.value.pods.filter((pod) => pod.deletedAt === undefined);
  const healthy = pods.filter(isHealthy).length;
  const newest = pods.toSorted((a, b) => (b.createdAt ?? 0) - (a.createdAt ?? 0))[0];
  if (!newest) return { healthy };
  const danger = healthy > 0 ? ` It would stop ${healthy} healthy pod${healthy === 1 ? '' : 's'}.` : '';
  const secrets = await secretsOf(rollout, newest, ports, signal);
  if ('doubt' in secrets) return undecided(healthy, danger, secrets.doubt);
  let doubt: string | undefined;
  for (const image of new Set(Object.values(rollout.images))) {
    const answer = await asNewPod({ image, namespace, secrets: secrets.names }, newest, ports, signal);
    if (answer.kind === 'refused') {
      return `As far as can be seen from here, ${image} cannot be pulled right now (${answer.reason}).${danger} ${capitalized(act)} does not help before that is mended.`;
    }
    if (answer.kind === 'unknown') doubt = answer.reason;
  }
  return doubt === undefined ? { healthy } : undecided(healthy, danger, doubt);
}

/** Sentences for the person who confirms. */
export function riskSentences({ healthy, doubt }: Risk): readonly string[] {
  return [
    healthy > 0
      ? `${healthy} healthy pod${healthy === 1 ? ' is' : 's are'} replaced too.`
      : 'No healthy pod is affected: there is none.',
    ...(doubt === undefined ? [] : [`Whether the image can be pulled now could not be tried. ${doubt}`]),
  ];
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** Harmless where nothing runs; else the answer is no. */
function undecided(healthy: number, danger: string, doubt: string): Risk | string {
  return healthy > 0 ? `Nobody can say whether the image can be pulled.${danger} ${doubt}` : { healthy, doubt };
}

/**
 * As a pod made now would bring them. A pod's own list does not tell: without one in the template, it is a copy of what its service
 * account had when the pod was made.
 */
async function secretsOf(
  { imagePullSecrets }: Rollout,
  pod: PodSnapshot,
  ports: Asking,
  signal: AbortSignal,
): Promise<{ readonly names: readonly string[] } | { readonly doubt: string }> {
  if (imagePullSecrets !== undefined) return { names: imagePullSecrets };
  const account = await ports.reader.serviceAccount(pod.namespace, pod.serviceAccount, signal);
  if (account.status === 'observed') return { names: account.value.imagePullSecrets };
  return account.status === 'absent'
    ? { names: [] }
    : { doubt: describeGap(`serviceaccount/${pod.serviceAccount}`, account) };
}

type Asked = Parameters<typeof pullability>[0];

/** What is no more than a pod's own (put there by an admission webhook, or copied before the account lost it) may come again or not. */
async function asNewPod(asked: Asked, pod: PodSnapshot, ports: Asking, signal: AbortSignal): Promise<Pullability> {
  const answer = await pullability(asked, ports, signal);
  const only = pod.imagePullSecrets.filter((name) => !asked.secrets.includes(name));
  if (answer.kind === 'pullable' || only.length === 0) return answer;
  const withOwn = await pullability({ ...asked, secrets: pod.imagePullSecrets }, ports, signal);
  if (withOwn.kind !== 'pullable') return answer;
  const names = only.map((name) => `Secret ${name}`).join(', ');
  return {
    kind: 'unknown',
    reason: `Pod ${pod.name} can pull it with ${names}, which neither its template nor its service account names: whether a new pod would get it too is not known.`,
  };
}
