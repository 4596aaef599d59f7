/** A main container whose init containers are still at work: nothing is decided, and what will fail next is said already. */
import { describe, expect, it } from '@jest/globals';
import { observed } from '../../src/evidence/observation.ts';
import { access, attempt, distribution, evidence, missing, podLogin, tagList, verdictOf, waiting } from './support.ts';

describe('a container that waits for its turn', () => {
  const container = observed({ ...waiting, waitingReason: 'PodInitializing', waitingMessage: '' });

  it('is told to wait for its init containers, and nothing of what has no part in it', () => {
    const verdict = verdictOf(evidence({ container }));
    expect(verdict.cause).toBe('undetermined');
    expect(verdict.summary).toBe(
      'It could not be decided: it waits for its init containers, of which one has not ended yet.',
    );
  });

  it('and that its image would not be there then', () => {
    const registryAccess = access(attempt(podLogin, missing, distribution));
    const { cause, summary } = verdictOf(evidence({ container, registryAccess, tags: tagList('1.4.1') }));
    expect(cause).toBe('undetermined');
    expect(summary).toContain('it waits for its init containers');
    expect(summary).toContain('pulling this image anew would probably fail now (tag-not-found)');
  });
});
