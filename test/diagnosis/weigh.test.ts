import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/diagnosis/check.ts';
import { weigh } from '../../src/diagnosis/weigh.ts';

function finding(because: Finding['because'], detail: Finding['detail'] = {}): Finding {
  const summary = 'no such host';
  return { cause: 'dns-failure', confidence: 'likely', because, summary, detail, alternatives: [] };
}

describe('what the node said and what the experiment shows', () => {
  it('make a cause certain together, but not when the words are only remembered', () => {
    const shown = [finding(['registryAccess'])];
    const now = weigh({ said: finding(['pullFailure'], { from: 'event' }), shown, passed: new Set() });
    expect(now).toMatchObject([{ cause: 'dns-failure', confidence: 'certain' }]);
    const then = weigh({ said: finding(['pullFailure'], { from: 'memory' }), shown, passed: new Set() });
    expect(then).toMatchObject([{ cause: 'dns-failure', confidence: 'likely' }]);
  });
});
