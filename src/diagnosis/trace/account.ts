/** A lost or made-up tag before it is told. */
import type { Job } from '../../workflow/model.ts';
import type { Confidence } from '../check.ts';
import type { ClockFact } from './clock-words.ts';
import type { MadeUp } from './fallbacks.ts';
import type { Loss } from './loss.ts';
import type { Pipeline, PipelineJob, Unit } from './pipeline.ts';

/** How the missing tag came about. */
export type Explained = 'fallback' | 'hole' | 'mentioned' | 'unknown' | 'no';

/** A lost value or a bare fallback, with all that speaks for it. */
export interface LostTag {
  readonly pipeline: Pipeline;
  readonly unit: Unit;
  readonly job: Job;
  readonly consumers: readonly PipelineJob[];
  readonly loss?: Loss;
  readonly fallback?: MadeUp;
  readonly explained: Explained;
  readonly clock?: ClockFact;
  readonly proofs: readonly string[];
  readonly confidence: Confidence;
}
