/** The source runbook's first question as three lights: reference, credentials, reachability. Green only where it was looked at. */
import { familyOf } from './catalogue.ts';
import type { Check, CheckResult, Finding } from './check.ts';
import type { Light, Lights } from './diagnosis.ts';
import { confidenceRank } from './explains.ts';

export interface LightNotes {
  readonly reference: string;
  readonly credentials: string;
  readonly reachability: string;
}

interface Seen {
  readonly findings: readonly Finding[];
  readonly results: readonly { readonly check: Check; readonly result: CheckResult }[];
  /** The image is on the node: it was pulled, or somebody put it there. */
  readonly hasImage: boolean;
}

type Lamp = keyof Lights;

/** The check that turns a lamp green. */
const PROOF: Readonly<Record<Lamp, string>> = {
  reference: 'tag-exists',
  credentials: 'registry-accepts-credential',
  reachability: 'registry-reachable',
};

export function lightsOf(seen: Seen): { readonly lights: Lights; readonly lightNotes: LightNotes } {
  const reference = lamp('reference', seen);
  const credentials = lamp('credentials', seen);
  const reachability = lamp('reachability', seen);
  return {
    lights: { reference: reference.light, credentials: credentials.light, reachability: reachability.light },
    lightNotes: { reference: reference.note, credentials: credentials.note, reachability: reachability.note },
  };
}

function lamp(name: Lamp, { findings, results, hasImage }: Seen): { light: Light; note: string } {
  const bad = findings.find((finding) => confidenceRank(finding) <= 1 && turns(finding, name));
  if (bad !== undefined) return { light: 'bad', note: ownNote(name, bad, results) };
  const joint = findings.find(({ cause }) => cause === 'not-found-or-unauthorized');
  if (joint !== undefined && name !== 'reachability') return { light: 'unknown', note: joint.summary };
  const proof = results.find(({ check }) => check.id === PROOF[name])?.result;
  if (proof?.verdict === 'pass') return { light: 'good', note: proof.note };
  if (hasImage && name === 'reference') return { light: 'good', note: 'the image is on the node' };
  return { light: 'unknown', note: proof?.note ?? 'not asked' };
}

/** Why a tag is missing is the verdict's to say; the lamp says what the registry has. */
function ownNote(name: Lamp, bad: Finding, results: Seen['results']): string {
  const proof = results.find(({ check }) => check.id === PROOF[name])?.result;
  const isOther = proof?.verdict === 'fail' && proof.findings.every(({ cause }) => cause !== bad.cause);
  return name === 'reference' && isOther ? proof.note : bad.summary;
}

function turns({ cause }: Finding, name: Lamp): boolean {
  if (cause === 'not-found-or-unauthorized') return false;
  const family = familyOf(cause);
  return family === name || (name === 'reachability' && family === 'registry');
}
