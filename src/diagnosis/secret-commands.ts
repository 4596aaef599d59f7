/** Commands that mend a chain from a pod to its credential. They carry names only: content goes from kubectl to kubectl, through no screen. */
import type { EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { commandLine } from './shell.ts';

type View = EvidenceView<'pod' | 'serviceAccount' | 'workload' | 'pullSecrets'>;

const TEMPLATES: Readonly<Record<string, (spec: object) => object>> = {
  Deployment: (spec) => ({ spec: { template: { spec } } }),
  StatefulSet: (spec) => ({ spec: { template: { spec } } }),
  DaemonSet: (spec) => ({ spec: { template: { spec } } }),
  CronJob: (spec) => ({ spec: { jobTemplate: { spec: { template: { spec } } } } }),
};
const RESTARTS: ReadonlySet<string> = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);

/**
 * Attaches a Secret and has new pods made. Where the template has a list of its own, the service account's is not looked at: the template
 * is patched, and its list is merged by name. The account's list is replaced as a whole, so it is written out.
 */
export function attachCommands(evidence: View, namespace: string, name: string): readonly string[] {
  const workload = valueOf(evidence.workload);
  const account = valueOf(evidence.serviceAccount);
  const pod = valueOf(evidence.pod);
  const isOwn = pod !== undefined && pod.imagePullSecrets.length > 0 && !isCopied(evidence);
  const wrap = workload === undefined ? undefined : TEMPLATES[workload.kind];
  if (workload !== undefined && wrap !== undefined && (isOwn || account === undefined)) {
    const patch = JSON.stringify(wrap({ imagePullSecrets: [{ name }] }));
    return [commandLine('kubectl', 'patch', workload.kind.toLowerCase(), workload.name, '-n', namespace, '-p', patch)];
  }
  if (isOwn || account === undefined) return [];
  const names = [...account.imagePullSecrets.filter((one) => one !== name), name];
  const patch = JSON.stringify({ imagePullSecrets: names.map((one) => ({ name: one })) });
  const attached = account.imagePullSecrets.includes(name);
  return [
    ...(attached
      ? []
      : [commandLine('kubectl', 'patch', 'serviceaccount', account.name, '-n', namespace, '-p', patch)]),
    ...renewCommands(evidence),
  ];
}

/** New pods, which get the account's list as it is then. Nothing makes a bare pod again. */
export function renewCommands({ workload, pod }: View): readonly string[] {
  const owner = valueOf(workload);
  const own = valueOf(pod);
  if (owner !== undefined && RESTARTS.has(owner.kind)) {
    return [
      commandLine('kubectl', 'rollout', 'restart', `${owner.kind.toLowerCase()}/${owner.name}`, '-n', owner.namespace),
    ];
  }
  return own?.controller === undefined ? [] : [commandLine('kubectl', 'delete', 'pod', own.name, '-n', own.namespace)];
}

function isCopied({ pullSecrets }: View): boolean {
  return (valueOf(pullSecrets) ?? []).every(({ via }) => via === 'service-account');
}

/** The same content in another namespace, without labels and owners of the original, which would have it collected there. */
export function copyCommand(name: string, from: string, to: string): string {
  return `${contentOf(name, from, '.dockerconfigjson')} | ${make(name, to)}`;
}

/** The same content as the type that the kubelet reads. A type cannot be changed, so the Secret is replaced as a whole. */
export function retypeCommand(name: string, namespace: string, key: string): string {
  const again = `${make(name, namespace)} --dry-run=client -o yaml`;
  return `${contentOf(name, namespace, key)} | ${again} | kubectl replace --force -f -`;
}

function contentOf(name: string, namespace: string, key: string): string {
  const path = `jsonpath={.data.${key.replaceAll('.', String.raw`\.`)}}`;
  return `${commandLine('kubectl', 'get', 'secret', name, '-n', namespace, '-o', path)} | base64 -d`;
}

function make(name: string, namespace: string): string {
  const type = 'kubernetes.io/dockerconfigjson';
  const file = '.dockerconfigjson=/dev/stdin';
  return commandLine(
    'kubectl',
    'create',
    'secret',
    'generic',
    name,
    '-n',
    namespace,
    `--type=${type}`,
    `--from-file=${file}`,
  );
}

/** A new login in the place of the old one, and of everything else in the Secret; user and password are for the person to fill in. */
export function replaceCommand(name: string, namespace: string, server: string): string {
  const words = ['kubectl', 'create', 'secret', 'docker-registry', name, '-n', namespace, `--docker-server=${server}`];
  return `${commandLine(...words)} --docker-username=USER --docker-password=PASSWORD --dry-run=client -o yaml | kubectl apply -f -`;
}

/** Makes it anew; user and password are for the person to fill in. */
export function createCommand(name: string, namespace: string, registry: string): string {
  const server = registry === 'docker.io' ? 'https://index.docker.io/v1/' : registry;
  const words = ['kubectl', 'create', 'secret', 'docker-registry', name, '-n', namespace, `--docker-server=${server}`];
  return `${commandLine(...words)} --docker-username=USER --docker-password=PASSWORD`;
}
