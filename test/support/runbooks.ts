/** The runbooks that are shipped, as the program loads them. */
import type { Runbook } from '../../src/runbook/runbook.ts';
import { loadRunbooks } from '../../src/wire/runbooks.ts';

export function shippedRunbook(id: 'crash-loop' | 'image-pull' | 'preflight'): Runbook {
  const found = loadRunbooks([]).find((runbook) => runbook.id === id);
  if (!found) throw new Error(`no shipped runbook is called ${id}`);
  return found;
}
