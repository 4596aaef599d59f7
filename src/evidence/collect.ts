/**
 * Evidence about one container as a graph: each kind is collected at most once, when somebody first asks for it, along the
 * dependencies that its collector declares. A collector that fails becomes an observation and stops nobody else.
 */
import { errorLine } from '../errors.ts';
import type { CaseSubject, Collector, Outside } from './collector.ts';
import { COLLECTORS } from './collectors/index.ts';
import type { Evidence, EvidenceKind, EvidenceView } from './evidence.ts';
import { unreachable } from './observation.ts';

/** The evidence of one case, collected on demand. */
export interface CaseEvidence {
  readonly subject: CaseSubject;
  /** One kind. Rejects only when the caller gave up (`signal`). */
  get<K extends EvidenceKind>(kind: K): Promise<Evidence[K]>;
  /** Several kinds, collected at the same time. */
  view<K extends EvidenceKind>(kinds: readonly K[]): Promise<EvidenceView<K>>;
  /** Every kind. */
  all(): Promise<Evidence>;
}

export const EVIDENCE_KINDS = Object.keys(COLLECTORS) as readonly EvidenceKind[];

/** Starts nothing by itself; the first question does. */
export function collectCase(subject: CaseSubject, outside: Outside): CaseEvidence {
  const known = new Map<EvidenceKind, Promise<unknown>>();

  function get<K extends EvidenceKind>(kind: K): Promise<Evidence[K]> {
    const before = known.get(kind);
    if (before !== undefined) return before as Promise<Evidence[K]>;
    const answer = collect(kind);
    // Whoever asks gets the rejection; without this line an abort that nobody waits for would end the process.
    answer.catch(() => undefined);
    known.set(kind, answer);
    return answer as Promise<Evidence[K]>;
  }

  async function collect(kind: EvidenceKind): Promise<unknown> {
    try {
      const collector: Pick<Collector<EvidenceKind>, 'collect'> = COLLECTORS[kind];
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

  return { subject, get, view, all: () => view(EVIDENCE_KINDS) };
}
