/** Keeps what nodes say about a pull, and finds it again when the events have expired. A memory that is away hinders no diagnosis. */
import type { Clock } from '../clock.ts';
import { tidy } from '../diagnosis/words.ts';
import { type CauseKey, type CauseMemory, type RememberedCause, saysWhy } from '../evidence/cause-memory.ts';
import type { CaseEvidence } from '../evidence/collect.ts';
import type { EarlierCause } from '../evidence/collector.ts';
import type { PullFailure } from '../evidence/evidence.ts';
import { valueOf } from '../evidence/observation.ts';
import { withDeadline } from './deadline.ts';

/** A memory that answers later than this is away. */
const LATEST_MS = 1000;

/** For the collectors: undefined too when the memory does not answer. */
export function recallWith(memory: CauseMemory, clock: Clock): (key: CauseKey) => Promise<EarlierCause | undefined> {
  return async (key) => {
    try {
      const found = await withDeadline(clock, LATEST_MS, () => memory.recall(key));
      return found && { ...found, ageMs: Math.max(0, clock.now() - found.at) };
    } catch {
      return undefined;
    }
  };
}

/** Of every case whose failed pull has a cause that was seen now. Never rejects. */
export async function rememberCauses(
  memory: CauseMemory,
  clock: Clock,
  cases: readonly Pick<CaseEvidence, 'soFar'>[],
): Promise<void> {
  const seen = cases.flatMap((one) => {
    const { pod, container, pullFailure } = one.soFar();
    const [holder, waiting, failure] = [valueOf(pod), valueOf(container), valueOf(pullFailure)];
    if (!holder || !waiting || !failure || failure.from === 'memory' || !saysWhy(failure)) return [];
    const key = { podUid: holder.uid, container: waiting.name, image: waiting.image };
    return [{ key, cause: causeOf(failure, clock.now()) }];
  });
  const kept = seen.map(({ key, cause }) => withDeadline(clock, LATEST_MS, () => memory.remember(key, cause)));
  await Promise.allSettled(kept);
}

/** Without what a message may carry besides its cause: passwords in addresses, keys in signed links. */
function causeOf({ message, classification, at }: PullFailure, now: number): RememberedCause {
  const { host, image, registry, runtime } = classification;
  const clean = (text: string | null) => (text === null ? null : tidy(text));
  return {
    message: tidy(message),
    classification: {
      ...classification,
      host: clean(host),
      image: clean(image),
      registry: clean(registry),
      runtime: clean(runtime),
    },
    at: at ?? now,
  };
}
