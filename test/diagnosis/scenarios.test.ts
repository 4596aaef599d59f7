/** The incidents of the source runbooks, told with evidence: what the verdict must say, and what it must not. */
import { describe, expect, it } from '@jest/globals';
import { conclude } from '../../src/diagnosis/conclude.ts';
import { observed } from '../../src/evidence/observation.ts';
import { parseReference } from '../../src/image/reference.ts';
import {
  access,
  anyone,
  aPod,
  attempt,
  bearer,
  diagnose,
  distribution,
  evidence,
  failure,
  HOST,
  IMAGE,
  keyring,
  missing,
  noName,
  podLogin,
  refusedConnection,
  revision,
  running,
  tagList,
  verdictOf,
  waiting,
  wrongLogin,
  wrongPassword,
} from './support.ts';

const neverPushed = {
  pullFailure: observed(failure('image-not-found')),
  registryAccess: access(attempt(podLogin, missing), attempt(anyone, wrongLogin)),
  tags: tagList('1.4.2-17-52', '1.4.1-09-00'),
};

describe('the tag was never pushed', () => {
  it('is proven by the registry and names the nearest tag', () => {
    const one = diagnose(evidence(neverPushed));
    expect(one.findings.map(({ cause, confidence }) => [cause, confidence])).toEqual([['tag-not-found', 'certain']]);
    expect(one.findings[0]?.detail['nearest']).toContain('1.4.2-17-52');
    expect(one.lights).toEqual({ reference: 'bad', credentials: 'good', reachability: 'good' });
    expect(one.ruledOut.map(({ cause }) => cause)).toContain('credentials-rejected');
  });

  it('is P1 where the new revision is stuck although the old one still serves', () => {
    const stuck = [revision(13, '1.4.2-17-54', { isCurrent: true }), revision(12, '1.4.2-17-50', { ready: 2 })];
    expect(verdictOf(evidence({ ...neverPushed, revisions: observed(stuck) })).severity).toBe('P1');
    const oneOfThree = [revision(13, '1.4.2-17-54', { isCurrent: true, ready: 1 })];
    expect(verdictOf(evidence({ ...neverPushed, revisions: observed(oneOfThree) })).severity).toBe('P2');
  });

  it('cannot be told from a missing repository when the tag list is not answered', () => {
    const failed = observed({ kind: 'failed', outcome: wrongLogin } as const);
    const verdict = verdictOf(evidence({ ...neverPushed, tags: failed }));
    expect(verdict).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(verdict.alternatives).toEqual([
      'tag-not-found',
      'repository-not-found',
      'permission-denied',
      'not-found-or-unauthorized',
    ]);
    const plain = access(attempt(podLogin, missing, distribution));
    const sure = verdictOf(evidence({ ...neverPushed, registryAccess: plain, tags: failed }));
    expect(sure.alternatives).toEqual(['tag-not-found', 'repository-not-found']);
  });
});

describe('the repository does not exist', () => {
  it.each([
    ['the tag list says so', missing, observed({ kind: 'missing' } as const)],
    ['the registry knows no such name', noName, tagListNotAsked()],
  ])('%s', (_how, outcome, tags) => {
    const plain = access(attempt(podLogin, outcome, distribution));
    const verdict = verdictOf(evidence({ ...neverPushed, registryAccess: plain, tags }));
    expect(verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'certain', alternatives: [] });
  });

  it.each([
    ['the tag list says so', missing, observed({ kind: 'missing' } as const)],
    ['the registry knows no such name', noName, tagListNotAsked()],
  ])('%s, but the registry may hide what a login may not see', (_how, outcome, tags) => {
    const given = evidence({ ...neverPushed, registryAccess: access(attempt(podLogin, outcome)), tags });
    const verdict = verdictOf(given);
    expect(verdict).toMatchObject({ cause: 'repository-not-found', confidence: 'likely' });
    expect(verdict.alternatives).toEqual(['permission-denied', 'not-found-or-unauthorized']);
    expect(verdict.summary).toContain('is missing, or hidden from these credentials');
    expect(diagnose(given).lights).toMatchObject({ reference: 'bad', credentials: 'unknown' });
  });

  it('is left open when nothing proves that the login may read', () => {
    const hiding = access(attempt(anyone, missing, bearer(200)));
    const verdict = verdictOf(
      evidence({ ...neverPushed, registryAccess: hiding, tags: observed({ kind: 'missing' }) }),
    );
    expect(verdict.cause).toBe('not-found-or-unauthorized');
    expect(verdict.confidence).toBe('likely');
    expect(verdict.alternatives).toContain('repository-not-found');
  });
});

function tagListNotAsked() {
  return { status: 'not-collected', reason: 'not asked' } as const;
}

describe('the way to the registry', () => {
  it('registry stopped: node and bot fail alike', () => {
    const down = access(attempt(podLogin, refusedConnection), attempt(anyone, refusedConnection));
    const given = evidence({ pullFailure: observed(failure('connection-refused')), registryAccess: down });
    expect(verdictOf(given)).toMatchObject({ cause: 'connection-refused', confidence: 'certain' });
    expect(diagnose(given).lights).toEqual({ reference: 'unknown', credentials: 'unknown', reachability: 'bad' });
  });

  it('only the node fails: the contrast is the finding, and a wrong password beside it is not certain', () => {
    const given = evidence({ pullFailure: observed(failure('tls-untrusted')) });
    expect(verdictOf(given)).toMatchObject({ cause: 'tls-untrusted', confidence: 'likely' });
    expect(verdictOf(given).summary).toContain('answered the bot');
    const both = evidence({
      pullFailure: observed(failure('tls-untrusted')),
      registryAccess: access(attempt(podLogin, wrongLogin)),
    });
    expect(verdictOf(both)).toMatchObject({ cause: 'tls-untrusted', confidence: 'likely' });
    expect(diagnose(both).findings.find(({ cause }) => cause === 'credentials-rejected')?.confidence).toBe('likely');
  });

  it('the bot’s own bad network does not overrule a node that got an answer', () => {
    const given = evidence({
      pullFailure: observed(failure('image-not-found')),
      registryAccess: access(attempt(podLogin, refusedConnection)),
    });
    expect(verdictOf(given)).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
  });
});

describe('no image problem', () => {
  it('a recovered pod is healthy, with a note about what was', () => {
    const given = evidence({ container: observed(running), pullFailure: observed(failure('unauthorized')) });
    const verdict = verdictOf(given);
    expect(verdict).toMatchObject({ cause: 'healthy', confidence: 'certain', severity: 'none' });
    expect(verdict.summary).toContain('an earlier pull failed');
    expect(diagnose(given).findings).toEqual([]);
  });

  it('a container that runs and is not ready is healthy, and the verdict says that it serves nobody', () => {
    const unready = { ...running, ready: false, runningMs: 600_000 };
    const verdict = verdictOf(evidence({ container: observed(unready) }));
    expect(verdict.cause).toBe('healthy');
    expect(verdict.summary).toContain('container app runs and is not ready after 10m, which is no matter of the image');
  });

  it('a crash with the right image is neither healthy nor an image cause', () => {
    const crashing = {
      ...running,
      state: 'waiting',
      waitingReason: 'CrashLoopBackOff',
      exitCode: 3,
      restartCount: 4,
    } as const;
    const given = evidence({ container: observed(crashing), registryAccess: access(attempt(podLogin, wrongLogin)) });
    const one = diagnose(given);
    expect(one.findings.map(({ cause }) => cause)).toEqual(['container-crashing']);
    expect(one.findings[0]?.detail['exitCode']).toBe(3);
    expect(one.notes.join()).toContain('credentials-rejected');
  });

  it('an unschedulable pod belongs to another runbook', () => {
    const unmet = [{ type: 'PodScheduled', reason: 'Unschedulable', message: '0/3 nodes are available' }];
    const { waitingReason: _reason, waitingMessage: _message, ...unstarted } = waiting;
    const given = evidence({ pod: observed({ ...aPod, unmet }), container: observed(unstarted) });
    const one = diagnose(given);
    expect(one.findings[0]).toMatchObject({ cause: 'not-an-image-problem', confidence: 'certain' });
    expect(one.findings[0]?.detail['runbook']).toBe('Pod Pending: scheduling');
  });

  it('words of a pull that the registry no longer confirms are only possible', () => {
    const verdict = verdictOf(evidence({ pullFailure: observed(failure('unauthorized')) }));
    expect(verdict).toMatchObject({ cause: 'unauthorized', confidence: 'possible' });
    expect(verdict.summary).toContain('retries within 5 minutes');
  });
});

describe('a broken reference', () => {
  it('is certain and asks no registry', () => {
    const text = `${HOST}/team/api:`;
    const given = evidence({
      container: observed({ ...waiting, image: text, waitingReason: 'InvalidImageName' }),
      pullFailure: observed(failure('invalid-reference', { reason: 'InvalidImageName' })),
      reference: observed(parseReference(text)),
      keyring: observed(keyring(false, { error: 'invalid-image' })),
      registryAccess: { status: 'not-collected', reason: 'the reference cannot be parsed' },
    });
    const verdict = verdictOf(given);
    expect(verdict).toMatchObject({ cause: 'invalid-reference', confidence: 'certain' });
    expect(verdict.summary).toContain('variable that was not set');
  });
});

describe('agreement', () => {
  it('of node and registry about an old image format makes it certain', () => {
    const old = access(attempt(podLogin, { kind: 'unsupported-manifest', mediaType: 'schema 1' }));
    const said = evidence({ pullFailure: observed(failure('manifest-unsupported')), registryAccess: old });
    expect(verdictOf(said)).toMatchObject({ cause: 'manifest-unsupported', confidence: 'certain' });
    expect(verdictOf(evidence({ registryAccess: old })).confidence).toBe('likely');
  });
});

describe('several containers', () => {
  it('takes the surest finding, then the first in spec order', () => {
    const init = diagnose(
      evidence({ container: observed({ ...waiting, name: 'migrate', role: 'init' }), ...neverPushed }),
    );
    const wrong = {
      pullFailure: observed(failure('unauthorized')),
      registryAccess: access(attempt(podLogin, wrongLogin, wrongPassword)),
    };
    const main = diagnose(evidence(wrong));
    expect(conclude([init, main]).verdict.cause).toBe('tag-not-found');
    expect(conclude([main, init]).verdict.cause).toBe('credentials-rejected');
    const vague = diagnose(evidence({ pullFailure: observed(failure('tls-untrusted')) }));
    expect(conclude([vague, init]).verdict.cause).toBe('tag-not-found');
  });

  it('a main container that waits for its init container is not undecided', () => {
    const later = diagnose(evidence({ container: observed({ ...waiting, waitingReason: 'PodInitializing' }) }));
    expect(later.outcome).toBe('waiting');
    const { verdict, findings } = conclude([diagnose(evidence(neverPushed)), later]);
    expect(verdict.cause).toBe('tag-not-found');
    expect(findings).toHaveLength(1);
  });

  it('several failing workloads are P1', () => {
    const row = {
      namespace: 'staging',
      container: 'app',
      image: IMAGE,
      registry: HOST,
      reason: 'ErrImagePull',
      kind: 'image-not-found',
      secrets: [],
    } as const;
    const failing = ['api', 'web'].map((name) => ({
      ...row,
      pod: `${name}-1`,
      workload: { kind: 'Deployment', name } as const,
    }));
    const scope = { failing, extent: 'cluster', pods: 9, truncated: false } as const;
    expect(conclude([diagnose(evidence(neverPushed))], scope).verdict.severity).toBe('P1');
    expect(conclude([diagnose(evidence(neverPushed))], scope).scope).toMatchObject({ pods: 2, workloads: 2 });
  });

  it('without any case nothing is decided', () => {
    expect(conclude([]).verdict.cause).toBe('undetermined');
  });
});
