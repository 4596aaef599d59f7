/** Faults that hang on the client's own settings: a node may be set up for a registry where the bot is not, and then the bot sees nothing of it. */
import type { Evidence } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import type { NetworkFault } from '../evidence/registry-access.ts';
import { CAUSES, familyOf } from './catalogue.ts';
import type { Finding } from './check.ts';
import { sortAttempts } from './registry-answers.ts';

const SET_UP: Partial<Record<NetworkFault, string>> = {
  'http-vs-https': 'plainHttp: true',
  'tls-untrusted': 'caFile: FILE',
};

/** Does it hang on how the bot is set up? */
export function isSetUp(fault: NetworkFault): boolean {
  return SET_UP[fault] !== undefined;
}

/** How to let the bot see what the nodes see; empty where no setting of its own would help. Begins with a space. */
export function setUpAdvice(host: string, fault: NetworkFault): string {
  const setting = SET_UP[fault];
  return setting === undefined
    ? ''
    : ` Where the nodes are set up for this registry, tell the bot too: registries: [{ host: "${host}", ${setting} }] in pullcheck.yaml.`;
}

/** Where nothing is proven because the bot did not get to the registry: why, and what to tell it where it is not set up for that. */
export function notAsked({ registryAccess }: Evidence, [finding]: readonly Finding[]): string[] {
  const access = valueOf(registryAccess);
  if (access === undefined || finding === undefined || finding.confidence === 'certain') return [];
  if (finding.summary.includes('pullcheck.yaml')) return [];
  const { pod } = sortAttempts(access);
  const outcomes = (pod.length > 0 ? pod : access.attempts).map(({ outcome }) => outcome);
  const [first] = outcomes;
  if (first?.kind !== 'network' || outcomes.some(({ kind }) => kind !== 'network')) return [];
  // What both met on their way is the finding itself.
  if (!isSetUp(first.fault) && familyOf(finding.cause) === 'reachability') return [];
  const why = CAUSES[first.fault].title.toLowerCase();
  return [
    `the bot itself could not ask ${access.host} (${why}), so nothing is proven.${setUpAdvice(access.host, first.fault)}`,
  ];
}
