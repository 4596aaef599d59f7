/**
 * Evidence about one container as a graph: each kind is collected at most once, when somebody first asks for it, along the
 * dependencies that its collector declares. A collector that fails becomes an observation and stops nobody else.
 */
import { errorLine } from '../errors.ts';
import type { CaseSubject, Collector, Outside } from './collector.ts';
import { COLLECTORS, type Collectors } from './collectors/index.ts';
import type { Evidence, EvidenceKind, EvidenceView } from './evidence.ts';
import { notCollected, unreachable } from './observation.ts';

/** The evidence of one case, collected on demand. */
export interface CaseEvidence {
  readonly subject: CaseSubject;
  /** One kind. Rejects only when the caller gave up (`signal`). */
  get<K extends EvidenceKind>(kind: K): Promise<Evidence[K]>;
  /** Several kinds, collected at the same time. */
  view<K extends EvidenceKind>(kinds: readonly K[]): Promise<EvidenceView<K>>;
  /** What is settled by now; asks nothing. */
  known(): Partial<Evidence>;
  /** Every kind; what nobody asked for is `not-collected`. */
  soFar(): Evidence;
}

export const EVIDENCE_KINDS = Object.keys(COLLECTORS) as readonly EvidenceKind[];

const NOTHING = Object.fromEntries(
  EVIDENCE_KINDS.map((kind) => [kind, notCollected('no step asked for it')]),
) as unknown as Evidence;

/** Starts nothing by itself; the first question does. `collectors`: other ones where there is no pod to ask about. */
export function collectCase(subject: CaseSubject, outside: Outside, collectors: Collectors = COLLECTORS): CaseEvidence {
  const asked = new Map<EvidenceKind, Promise<unknown>>();
  const settled = new Map<EvidenceKind, unknown>();

  function get<K extends EvidenceKind>(kind: K): Promise<Evidence[K]> {
    const answer = asked.get(kind) ?? start(kind);
    return answer.then((value) => value as Evidence[K]);
  }

  function start(kind: EvidenceKind): Promise<unknown> {
    const answer = collect(kind).then((value) => {
      settled.set(kind, value);
      return value;
    });
    // Whoever asks gets the rejection; without this line an abort that nobody waits for would end the process.
    answer.catch(() => undefined);
    asked.set(kind, answer);
    return answer;
  }

  async function collect(kind: EvidenceKind): Promise<unknown> {
    try {
      const collector: Pick<Collector<EvidenceKind>, 'collect'> = collectors[kind];
      return await collector.collect(get, outside, subject);
    } catch (error) {
      outside.signal.throwIfAborted();
      return unreachable(errorLine(error));
    }
  }

  async function view<K extends EvidenceKind>(kinds: readonly K[]): Promise<EvidenceView<K>> {
    const rows = await Promise.all(kinds.map(async (kind): Promise<[K, unknown]> => [kind, await get(kind)]));
    return Object.fromEntries(rows) as EvidenceView<K>;
  }

  return {
    subject,
    get,
    view,
    known: () => Object.fromEntries(settled) as Partial<Evidence>,
    soFar: () => ({ ...NOTHING, ...Object.fromEntries(settled) }),
  };
}
