/** registry-reachable where nothing answers in time, and the node has said nothing but that it pulls. */
import { describe, expect, it } from '@jest/globals';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { observed } from '../../../src/evidence/observation.ts';
import type { AccessOutcome } from '../../../src/evidence/registry-access.ts';
import {
  anyone,
  attempt,
  evidence,
  firstFinding,
  HOST,
  IMAGE,
  NOW,
  refusedConnection,
  runCheck,
  waiting,
} from '../support.ts';

const reaches = (spoiled: Partial<Evidence>) => runCheck('registry-reachable', evidence(spoiled));

describe('a registry that takes the connection and never answers', () => {
  const silent: AccessOutcome = { kind: 'network', fault: 'connection-timeout', detail: 'no answer in 10 s' };
  const hanging = { host: HOST, askedAt: NOW, attempts: [attempt(anyone, silent)] };
  const creating = observed({ ...waiting, waitingReason: 'ContainerCreating', waitingMessage: '' });
  const pulling = (agoMs: number, reason = 'Pulling', image = IMAGE) =>
    observed([
      { type: 'Normal', reason, message: `Pulling image "${image}"`, container: 'app', count: 1, lastAt: NOW - agoMs },
    ]);
  const look = (events: Evidence['events'], attempts = hanging.attempts) =>
    reaches({ registryAccess: observed({ ...hanging, attempts }), container: creating, events });

  it('is likely where the node has been pulling for minutes, never certain', () => {
    const result = look(pulling(8 * 60_000));
    expect(firstFinding(result)).toBe('connection-timeout likely');
    expect(result.note).toContain('has been pulling from there for 8m');
    expect(result).toMatchObject({ findings: [{ because: ['registryAccess', 'events'] }] });
  });

  it.each([
    ['has only begun', pulling(20_000)],
    ['has ended it since', pulling(8 * 60_000, 'Pulled')],
    ['pulls another image', pulling(8 * 60_000, 'Pulling', `${HOST}/team/other:1`)],
    ['is not known', observed([])],
  ])('is possible where the node’s pull %s', (_story, events) => {
    expect(firstFinding(look(events))).toBe('connection-timeout possible');
  });

  it('is not agreed to where the bot was refused at once: a node would be, too', () => {
    expect(firstFinding(look(pulling(8 * 60_000), [attempt(anyone, refusedConnection)]))).toBe(
      'connection-refused possible',
    );
  });
});
