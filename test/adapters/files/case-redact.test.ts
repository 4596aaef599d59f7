/** A case file names nobody: who pushed a tag becomes the same pseudonym everywhere. */
import { expect, it } from '@jest/globals';
import { redactEvidence } from '../../../src/adapters/files/case-redact.ts';
import { observed } from '../../../src/evidence/observation.ts';

it('gives whoever pushed a tag a pseudonym and keeps when', () => {
  const tags = [
    { tag: '1.4.1', pushedAt: 1_790_000_000_000, pushedBy: 'jane.doe' },
    { tag: '1.4.0', pushedBy: 'jane.doe' },
  ];
  const subject = { namespace: 'staging', pod: 'api', container: 'app' };
  const tagDetails = observed({ kind: 'told' as const, source: 'its API', tags });
  const [redacted] = redactEvidence([{ subject, evidence: { tagDetails } }]);
  expect(JSON.stringify(redacted)).not.toContain('jane');
  expect(redacted).toMatchObject({
    tagDetails: {
      value: { tags: [{ tag: '1.4.1', pushedAt: 1_790_000_000_000, pushedBy: 'user-1' }, { pushedBy: 'user-1' }] },
    },
  });
});
