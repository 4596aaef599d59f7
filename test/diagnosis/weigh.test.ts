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

describe('a registry that wants a login, and a node that was let in without one of the pod', () => {
  const required: Finding = { ...finding(['registryAccess']), cause: 'credentials-required', confidence: 'certain' };
  const said = (more: Partial<Finding> = {}): Finding => ({
    ...finding(['pullFailure'], { from: 'event' }),
    cause: 'image-not-found',
    ...more,
  });

  it('has a login of its own: its words come first', () => {
    const [first, second] = weigh({ said: said(), shown: [required], passed: new Set() });
    expect(first).toMatchObject({ cause: 'image-not-found', confidence: 'likely' });
    expect(second).toMatchObject({ cause: 'credentials-required', confidence: 'possible' });
    expect(second?.summary).toContain('it must have a login of its own');
  });

  it.each([
    ['may have been refused', said({ alternatives: ['unauthorized'] })],
    ['asked a mirror', said({ detail: { from: 'event', mirror: 'mirror.example.com', registry: 'r.example.com' } })],
    ['said so long ago', said({ detail: { from: 'memory' } })],
  ])('not where the node %s', (_story, words) => {
    expect(weigh({ said: words, shown: [required], passed: new Set() })[0]).toMatchObject({
      cause: 'credentials-required',
      confidence: 'likely',
    });
  });
});

describe('what the registry shows to be missing, and a node that reports its set-up', () => {
  const absent: Finding = {
    ...finding(['reference', 'registryAccess', 'tags']),
    cause: 'tag-not-found',
    confidence: 'certain',
  };
  const words = (cause: Finding['cause']): Finding => ({ ...finding(['pullFailure'], { from: 'event' }), cause });

  it.each(['tls-untrusted', 'http-vs-https'] as const)(
    '%s comes after it, because containerd 1 forgets a 404',
    (said) => {
      const [first, second] = weigh({ said: words(said), shown: [absent], passed: new Set() });
      expect(first).toMatchObject({ cause: 'tag-not-found', confidence: 'likely', alternatives: [said] });
      expect(second).toMatchObject({ cause: said, confidence: 'likely' });
    },
  );

  it('a mirror that is down comes after it, because the runtime goes on to the registry', () => {
    const mirror = { from: 'event', mirror: 'mirror.example.com', registry: 'registry.example.com' };
    const said: Finding = { ...words('connection-refused'), detail: mirror };
    const [first, second] = weigh({ said, shown: [absent], passed: new Set() });
    expect(first).toMatchObject({ cause: 'tag-not-found', confidence: 'likely', alternatives: ['connection-refused'] });
    expect(second).toMatchObject({ cause: 'connection-refused', confidence: 'likely' });
  });

  it('a connection that is refused still comes first, and so does a set-up beside what is not proven to be missing', () => {
    expect(weigh({ said: words('connection-refused'), shown: [absent], passed: new Set() })[0]?.cause).toBe(
      'connection-refused',
    );
    const unsure: Finding = { ...absent, confidence: 'likely' };
    expect(weigh({ said: words('tls-untrusted'), shown: [unsure], passed: new Set() })[0]?.cause).toBe('tls-untrusted');
  });

  it('a repository that nobody is shown does not explain why the node was refused', () => {
    const gone: Finding = { ...absent, cause: 'repository-not-found', detail: { toldToAll: true } };
    const weighed = weigh({ said: words('unauthorized'), shown: [gone], passed: new Set() });
    expect(weighed[0]).toMatchObject({ cause: 'repository-not-found', confidence: 'likely' });
    expect(weighed[0]?.alternatives).toContain('unauthorized');
    const known = weigh({ said: words('unauthorized'), shown: [{ ...gone, detail: {} }], passed: new Set() });
    expect(known[0]?.confidence).toBe('certain');
  });
});

describe('a part that the registry does not have', () => {
  const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
  const passed = new Set(['tag-exists', 'registry-accepts-credential']);
  const said = (part: string): Finding => ({
    ...finding(['pullFailure'], { from: 'event', missingPart: part }),
    cause: 'image-not-found',
  });
  const told = (part: string) => weigh({ said: said(part), shown: [], passed, given: [digest('a')] })[0]?.summary;

  it('is no part where it is what the reference itself means: good by name, gone by digest', () => {
    expect(told(`manifest ${digest('a')}`)).toContain('the whole image’s own and not a part of it');
    expect(told(`manifest ${digest('a')}`)).not.toContain('a part of the image is missing');
    expect(told(`manifest ${digest('b')}`)).toContain('a part of the image is missing');
    expect(told(`layer or config ${digest('a')}`)).toContain('a part of the image is missing');
  });
});
