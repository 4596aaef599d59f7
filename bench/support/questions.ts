/** Which question each call asks, and which questions must be answered before it can be asked: the longest chain is the least time. */
import type { SeenCall } from './delaying-proxy.ts';

interface Question {
  readonly name: string;
  readonly matches: (call: SeenCall) => boolean;
  /** What must be known first. */
  readonly after: readonly string[];
}

const kubernetes = (pattern: RegExp) => (call: SeenCall) => call.system === 'kubernetes' && pattern.test(call.path);
const registry = (pattern: RegExp, authorization?: string) => (call: SeenCall) =>
  call.system === 'registry' &&
  pattern.test(call.path) &&
  (authorization === undefined || call.authorization === authorization);

const QUESTIONS: readonly Question[] = [
  { name: 'pod', matches: kubernetes(/^\/api\/v1\/namespaces\/[^/]+\/pods\/[^/?]+$/), after: [] },
  { name: 'all pods', matches: kubernetes(/^\/api\/v1\/pods(?:\?|$)/), after: [] },
  { name: 'events', matches: kubernetes(/\/events(?:\?|$)/), after: ['pod'] },
  { name: 'node', matches: kubernetes(/\/nodes\/[^/?]+$/), after: ['pod'] },
  { name: 'nodes', matches: kubernetes(/\/nodes(?:\?|$)/), after: [] },
  { name: 'service account', matches: kubernetes(/\/serviceaccounts\//), after: ['pod'] },
  { name: 'secret', matches: kubernetes(/\/secrets\/[^/?]+$/), after: ['pod'] },
  // Rows, then pull secrets, then those of other namespaces: each only where the one before helped nothing.
  { name: 'list of Secrets', matches: kubernetes(/\/secrets\?/), after: ['secret', 'manifest, anonymously'] },
  { name: 'replica set', matches: kubernetes(/\/replicasets\/[^/?]+$/), after: ['pod'] },
  // The pod's labels tell its name; the list of its ReplicaSets proves it.
  { name: 'deployment', matches: kubernetes(/\/deployments\/[^/?]+$/), after: ['pod'] },
  { name: 'revisions', matches: kubernetes(/\/replicasets(?:\?|$)/), after: ['deployment'] },
  { name: 'manifest, anonymously', matches: registry(/\/manifests\//, 'none'), after: ['pod'] },
  {
    // The registry's own challenge says how a credential is to be sent, and whether.
    name: 'manifest, with the credential',
    matches: registry(/\/manifests\//, 'basic'),
    after: ['secret', 'manifest, anonymously'],
  },
  { name: 'tags', matches: registry(/\/tags\/list/), after: ['manifest, with the credential'] },
];

/** What the call asks; its path where this file does not know it. */
export function questionOf(call: SeenCall): string {
  return QUESTIONS.find(({ matches }) => matches(call))?.name ?? `${call.system} ${call.path}`;
}

/** The longest chain among the questions that were asked. A question that is not known here counts as one after the pod. */
export function longestChain(calls: readonly SeenCall[]): readonly string[] {
  const asked = new Set(calls.map(questionOf));
  function chainTo(name: string): readonly string[] {
    const after = QUESTIONS.find((one) => one.name === name)?.after ?? ['pod'];
    const before = after.filter((one) => asked.has(one)).map(chainTo);
    return [...longest(before), name];
  }
  return longest([...asked].map(chainTo));
}

function longest(chains: readonly (readonly string[])[]): readonly string[] {
  return chains.reduce((best, chain) => (chain.length > best.length ? chain : best), []);
}
