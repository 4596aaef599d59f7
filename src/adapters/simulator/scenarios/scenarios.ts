/** The incidents that can be played, as data: what is deployed, which rollout starts, and what is broken on purpose. */

/** A workload of the simulated cluster. `before` runs well, `after` is the tag that the scenario rolls out. */
export interface Actor {
  readonly namespace: 'staging' | 'prod';
  readonly name: string;
  readonly replicas: number;
  readonly node: string;
  /** `regcred` always works; `puller-cred` is the one that expires. */
  readonly secret: 'regcred' | 'puller-cred';
  readonly before: string;
  readonly after: string;
}

const SCENARIO_IDS = ['tag-never-pushed', 'credential-expired', 'credential-expired-prod', 'registry-down'] as const;
export type ScenarioId = (typeof SCENARIO_IDS)[number];

export interface Scenario {
  readonly id: ScenarioId;
  /** For a button. */
  readonly title: string;
  /** What happens, one sentence. */
  readonly story: string;
  /** What to try, one sentence. */
  readonly hint: string;
  readonly fault: 'tag' | 'credential' | 'registry';
  readonly actors: readonly Actor[];
}

function actor(place: `${Actor['namespace']}/${string}`, rest: Omit<Actor, 'namespace' | 'name'>): Actor {
  const [namespace, name = ''] = place.split('/');
  return { namespace: namespace === 'prod' ? 'prod' : 'staging', name, ...rest };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    id: 'tag-never-pushed',
    title: '1 Missing tag',
    story:
      'staging/api-service was deployed with a tag that CI computed twice, two minutes apart: only the first was pushed.',
    hint: 'Open the thread and read which job made the tag up. Press "Run the tag that was pushed", then "Open a pull request with the fix".',
    fault: 'tag',
    actors: [
      actor('staging/api-service', {
        replicas: 2,
        node: 'node-a',
        secret: 'regcred',
        before: 'f00ba47-2026-05-23-09-10',
        after: 'a1b2c3d-2026-05-24-17-54',
      }),
    ],
  },
  {
    id: 'credential-expired',
    title: '2 Expired credential',
    story: 'The registry password in staging was changed, the pull secret of staging/payments still holds the old one.',
    hint: 'In the thread, press "Rotate the pull secret", read the dry run, confirm, and watch it recover.',
    fault: 'credential',
    actors: [
      actor('staging/payments', {
        replicas: 2,
        node: 'node-b',
        secret: 'puller-cred',
        before: '2.4.0',
        after: '2.4.1',
      }),
    ],
  },
  {
    id: 'credential-expired-prod',
    title: '3 In production',
    story: 'The same password, in production: prod/checkout cannot pull, and nobody may rotate it alone.',
    hint: 'Press "Rotate the pull secret" as Alice, then do the same as Bob: choose him in "Act as" (in a terminal, type "as bob").',
    fault: 'credential',
    actors: [
      actor('prod/checkout', { replicas: 2, node: 'node-a', secret: 'puller-cred', before: '8.0.2', after: '8.0.3' }),
    ],
  },
  {
    id: 'registry-down',
    title: '4 Registry down',
    story: 'The registry stops in the middle of four rollouts: eleven pods in two namespaces, one fault.',
    hint: 'One thread for all. "Fast-forward 20 min" shows the escalation, "Mend registry" ends it.',
    fault: 'registry',
    actors: [
      actor('staging/web', { replicas: 2, node: 'node-a', secret: 'regcred', before: '5.1.0', after: '5.2.0' }),
      actor('staging/search', { replicas: 3, node: 'node-b', secret: 'regcred', before: '1.9.3', after: '1.9.4' }),
      actor('prod/catalog', { replicas: 4, node: 'node-b', secret: 'regcred', before: '3.3.0', after: '3.4.0' }),
      actor('prod/orders', { replicas: 2, node: 'node-a', secret: 'regcred', before: '7.7.1', after: '7.8.0' }),
    ],
  },
];

/** Tags that api-service has besides those it runs with. The deployed 17-54 is not among them. */
export const PUSHED_TAGS = ['a1b2c3d-2026-05-24-17-52', '9c8b7a6-2026-05-24-11-03', 'e5d4c3b-2026-05-22-16-31'];
