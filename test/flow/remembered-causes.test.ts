/** Events live an hour, a broken pod lives for days: what was seen in the first hour is said in the second. */
import { describe, expect, it } from '@jest/globals';
import { createMemoryStores } from '../../src/adapters/memory/stores.ts';
import { CHECKS } from '../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { StoreError } from '../../src/errors.ts';
import type { CauseMemory } from '../../src/evidence/cause-memory.ts';
import type { EventSnapshot } from '../../src/evidence/snapshots.ts';
import { makeDiagnose } from '../../src/flow/diagnose.ts';
import { REMEDIES } from '../../src/remediation/remedies/index.ts';
import { createManualClock } from '../support/clock.ts';
import { aStory, fakeCluster, fakeRegistry } from '../support/readers.ts';
import { shippedRunbook } from '../support/runbooks.ts';
import { aContainer, aFailedEvent, aPod, IMAGE } from '../support/snapshots.ts';

const runbook = shippedRunbook('image-pull');
const POD = 'api-7d9c5-x2x7k';
const BARE = `Back-off pulling image "${IMAGE}"`;
const SAID = `Failed to pull image "${IMAGE}": failed to do request: Head "https://robot:hunter2@registry.example.com/v2/team/api/manifests/v2?sig=AKIAKEY": tls: failed to verify certificate: x509: certificate signed by unknown authority`;

function world(causes?: CauseMemory) {
  const clock = createManualClock();
  const stores = createMemoryStores(clock);
  const look = async (events: readonly EventSnapshot[], image = IMAGE): Promise<Diagnosis> => {
    const waiting = aContainer({
      image,
      waitingReason: 'ImagePullBackOff',
      waitingMessage: BARE.replace(IMAGE, image),
    });
    const story = aStory({ pods: [aPod({ containers: [waiting] })], events: { [`uid-${POD}`]: events } });
    const diagnose = makeDiagnose({
      clock,
      readers: () => ({ cluster: fakeCluster(story), registry: fakeRegistry() }),
      runbooks: [runbook],
      checks: CHECKS,
      remedies: REMEDIES,
      credentialHosts: [],
      causes: causes ?? stores.causes,
    });
    return diagnose({ request: { name: POD, namespace: 'staging' }, signal: new AbortController().signal });
  };
  const note = ({ steps }: Diagnosis) => steps.find(({ id }) => id === 'read-error')?.summary;
  return { clock, stores, look, note };
}

describe('a cause whose events have expired', () => {
  it('is said with its age, as what was seen then', async () => {
    const { clock, look, note } = world();
    const first = await look([aFailedEvent({ message: SAID, lastAt: clock.now() })]);
    expect(note(first)).toContain('An event of the pod reports');
    await clock.advance(3 * 3600 * 1000);
    const later = await look([]);
    expect(note(later)).toMatch(/Remembered from 3h ago, at .* UTC: .*certificate/);
    const found = [later.verdict.cause, ...later.findings.map(({ cause }) => cause)];
    expect(found).toContain('tls-untrusted');
    const remembered = later.findings.find(({ cause }) => cause === 'tls-untrusted');
    expect(remembered?.confidence).not.toBe('certain');
    expect(remembered?.detail).toMatchObject({ from: 'memory' });
    // Nothing that the message carried besides its cause was kept.
    expect(JSON.stringify(later)).not.toMatch(/hunter2|AKIAKEY/);
  });

  it('is not refreshed by being recalled: after seven days it is gone', async () => {
    const { clock, look, note } = world();
    await look([aFailedEvent({ message: SAID, lastAt: clock.now() })]);
    await clock.advance(6 * 24 * 3600 * 1000);
    expect(note(await look([]))).toContain('Remembered');
    await clock.advance(2 * 24 * 3600 * 1000);
    expect(note(await look([]))).not.toContain('Remembered');
  });

  it('is not recalled for another image, nor where words of now say more', async () => {
    const { clock, look, note } = world();
    await look([aFailedEvent({ message: SAID, lastAt: clock.now() })]);
    expect(note(await look([], 'registry.example.com/team/api:v9'))).not.toContain('Remembered');
    const now = `Failed to pull image "${IMAGE}": dial tcp: lookup registry.example.com: no such host`;
    expect(note(await look([aFailedEvent({ message: now, lastAt: clock.now() })]))).toContain('An event of the pod');
  });

  it('keeps no password and no signed link', async () => {
    const { clock, stores, look } = world();
    await look([aFailedEvent({ message: SAID, lastAt: clock.now() })]);
    const kept = await stores.causes.recall({ podUid: `uid-${POD}`, container: 'api', image: IMAGE });
    expect(kept?.classification.kind).toBe('tls-untrusted');
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|AKIAKEY/);
  });

  it('hinders no diagnosis when the store is away', async () => {
    const away = async () => Promise.reject(new StoreError({ code: 'store-unreachable', message: 'away' }));
    const { look, note } = world({ remember: away, recall: away });
    await look([aFailedEvent({ message: SAID })]);
    expect(note(await look([]))).toContain('only that the pull is being retried');
  });
});
