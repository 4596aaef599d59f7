/** What to do, as sure as the finding is: a cause that is not proven is looked into before anybody acts on it. */
import { CAUSES } from './catalogue.ts';
import type { CauseInfo } from './cause.ts';
import type { Finding } from './check.ts';

/** One or two sentences. */
export function adviceFor({ cause, confidence, fix }: Pick<Finding, 'cause' | 'confidence' | 'fix'>): string {
  if (fix !== undefined) return fix;
  const info: CauseInfo = CAUSES[cause];
  return confidence === 'certain' ? info.fix : (info.unproven ?? info.fix);
}
