/**
 * A registry that cannot be reached and from which nothing here runs may be a slip of the keyboard: which host was perhaps meant, and
 * who uses that one. A question, never an answer: two hosts may be called alike on purpose. Pure.
 */
import { placeOf } from '../evidence/elsewhere.ts';
import type { EvidenceKind, EvidenceView } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { isNearHost, WELL_KNOWN } from '../image/near-host.ts';
import { parseReference } from '../image/reference.ts';
import { adviceFor } from './advice.ts';
import { familyOf } from './catalogue.ts';
import type { Finding } from './check.ts';
import { count, tidy } from './words.ts';

type View = EvidenceView<'registryAccess' | 'reference' | 'scope' | 'revisions' | 'keyring' | 'container' | 'pod'>;

interface Meant {
  readonly host: string;
  /** `which 3 other images of namespace shop use` */
  readonly uses: string;
  readonly from: EvidenceKind;
}

/** Gives the finding back as it is where no host comes near. */
export function withNearHost(finding: Finding, evidence: View): Finding {
  if (familyOf(finding.cause) !== 'reachability') return finding;
  // What the host means inside the cluster was found: it is no slip.
  if (finding.because.includes('registryService')) return finding;
  const parsed = valueOf(evidence.reference);
  if (!parsed?.ok || finding.detail['mirror'] !== undefined) return finding;
  // It gave the bot this very image: it is the one that was meant.
  if (valueOf(evidence.registryAccess)?.attempts.some(({ outcome }) => outcome.kind === 'found')) return finding;
  const { registry } = parsed.reference;
  const { host = registry } = finding.detail;
  if (typeof host === 'string' && bare(host) !== bare(registry)) return finding;
  const [best, ...others] = meantBy(evidence, registry, finding.cause === 'dns-failure');
  if (best === undefined) return finding;
  const [first, ...rest] = finding.because;
  const also = others.filter((one) => one.host === best.host);
  const uses = [best, ...also].map((one) => one.uses);
  return {
    ...finding,
    because: [first, ...new Set([...rest, best.from].filter((kind) => kind !== first))],
    summary: `${finding.summary} Did you mean ${tidy(best.host)}, ${uses.join(', and ')}?`,
    detail: { ...finding.detail, perhapsMeant: tidy(best.host) },
    fix: `Compare the host with ${tidy(best.host)} first; if that was meant, correct the image. ${adviceFor(finding)}`,
  };
}

/** The surest sign first: what this workload ran, what its neighbours run, what its Secret is for, what everybody knows by heart. */
function meantBy(evidence: View, registry: string, isUnresolved: boolean): readonly Meant[] {
  const contrast = valueOf(evidence.scope)?.contrast;
  const axis = contrast?.axes.find(({ by }) => by === 'registry');
  // Something runs from this very host: it is no slip.
  if (axis !== undefined && axis.pulledSince + axis.earlier > 0) return [];
  const before = revisionsOf(evidence);
  if (before.some(({ host }) => host === registry)) return [];
  // Another port helps nobody whose name has no address.
  const isMeant = ({ host }: Meant) => isNearHost(registry, host) && !(isUnresolved && bare(host) === bare(registry));
  return [...before, ...neighbours(evidence), ...ofSecrets(evidence), ...WELL_KNOWN.map(byHeart)].filter(isMeant);
}

function revisionsOf({ revisions, container }: View): readonly Meant[] {
  const name = valueOf(container)?.name ?? '';
  return (valueOf(revisions) ?? [])
    .filter(({ isCurrent, images }) => !isCurrent && Object.hasOwn(images, name))
    .toSorted((a, b) => b.revision - a.revision)
    .flatMap(({ revision, images }): Meant[] => {
      const parsed = parseReference(images[name] ?? '');
      if (!parsed.ok) return [];
      return [{ host: parsed.reference.registry, uses: `which revision ${revision} of it used`, from: 'revisions' }];
    });
}

function neighbours({ scope, pod }: View): readonly Meant[] {
  const namespace = valueOf(pod)?.namespace ?? '';
  return (valueOf(scope)?.contrast?.near ?? []).map(({ host, images, here }): Meant => {
    const [number, where] = here > 0 ? [here, `namespace ${namespace}`] : [images, 'other namespaces'];
    const uses = `which ${count(number, 'image')} that ${number === 1 ? 'runs' : 'run'} in ${where} ${number === 1 ? 'comes' : 'come'} from`;
    return { host, uses, from: 'scope' };
  });
}

/** Entries of the pod's own Secrets that fit no image of this host. */
function ofSecrets({ keyring }: View): readonly Meant[] {
  return (valueOf(keyring)?.ignored ?? []).flatMap(({ secret, entry }): Meant[] => {
    const place = entry === null ? undefined : placeOf(entry);
    return place === undefined
      ? []
      : [{ host: place.host, uses: `which its Secret ${tidy(secret)} has a login for`, from: 'keyring' }];
  });
}

function byHeart(host: string): Meant {
  return { host, uses: 'which is a public registry', from: 'reference' };
}

function bare(host: string): string {
  return host.toLowerCase().replace(/:\d+$/, '');
}
