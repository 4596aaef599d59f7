/** Which channel may ask about which namespaces (`access.read`). Default: every channel that the bot was invited to, all of it. */
import { UsageError } from '../errors.ts';
import { matchesGlob } from '../target/glob.ts';
import type { InquireUseCase } from './use-cases.ts';

export interface ReadRule {
  readonly channel: string;
  readonly namespaces: readonly string[];
}

/** The same use case, refusing (UsageError, told to the person alone) what the channel may not read. */
export function guardReading(inquire: InquireUseCase, rules: readonly ReadRule[]): InquireUseCase {
  if (rules.length === 0) return inquire;
  return async (input) => {
    const { request, actor } = input;
    const globs = rules.filter((rule) => rule.channel === actor.channel).flatMap((rule) => rule.namespaces);
    const namespace = request.verb === 'pod' ? request.target.namespace : request.namespace;
    const allowed = namespace === undefined ? globs.includes('*') : globs.some((glob) => matchesGlob(glob, namespace));
    if (!allowed) {
      const what = namespace === undefined ? 'all namespaces' : `namespace ${namespace}`;
      throw new UsageError({
        code: 'not-readable-here',
        message: `This channel may not ask about ${what}.`,
        hint: 'An administrator lists channels and namespaces under access.read in pullcheck.yaml.',
      });
    }
    await inquire(input);
  };
}
