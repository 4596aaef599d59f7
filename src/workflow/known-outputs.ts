/** Outputs of actions that name images, as their `action.yml` declares them. */

interface Known {
  readonly action: RegExp;
  /** The newest major version that was read; a later one may have more. */
  readonly major: number;
  readonly outputs: readonly string[];
}

const KNOWN: readonly Known[] = [
  {
    // https://github.com/docker/metadata-action/blob/master/action.yml
    action: /^docker\/metadata-action@/i,
    major: 6,
    outputs: [
      'version',
      'tags',
      'tag-names',
      'labels',
      'annotations',
      'json',
      'bake-file',
      'bake-file-tags',
      'bake-file-labels',
      'bake-file-annotations',
    ],
  },
  {
    // https://github.com/docker/build-push-action/blob/master/action.yml
    action: /^docker\/build-push-action@/i,
    major: 7,
    outputs: ['imageid', 'digest', 'metadata'],
  },
];

/** What the action of `uses` sets; undefined where that is not known for certain, as for a version that is newer than this list. */
export function knownOutputs(uses: string): readonly string[] | undefined {
  const known = KNOWN.find(({ action }) => action.test(uses));
  const version = /@v?(\d{1,3})(?:\.|$)/.exec(uses)?.[1];
  const isRead = version === undefined ? /@[0-9a-f]{40}$/.test(uses) : Number(version) <= (known?.major ?? 0);
  return known && isRead ? known.outputs : undefined;
}
