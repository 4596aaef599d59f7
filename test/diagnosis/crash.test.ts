/** How a container ended, in the words that are left of it. */
import { describe, expect, it } from '@jest/globals';
import type { Finding } from '../../src/diagnosis/check.ts';
import type { Evidence } from '../../src/evidence/evidence.ts';
import { forbidden, observed } from '../../src/evidence/observation.ts';
import type { ContainerSnapshot } from '../../src/evidence/snapshots.ts';
import {
  access,
  attempt,
  diagnose,
  evidence,
  found,
  HOST,
  manifest,
  podLogin,
  revision,
  runCheck,
  running,
  verdictOf,
} from './support.ts';

const crashLoop: ContainerSnapshot = {
  ...running,
  state: 'waiting',
  ready: false,
  waitingReason: 'CrashLoopBackOff',
  exitCode: 1,
  terminatedReason: 'Error',
  restartCount: 7,
  imageID: `${HOST}/team/api@${manifest.digest}`,
};

function crash(over: Partial<ContainerSnapshot> = {}, more: Partial<Evidence> = {}): Evidence {
  return evidence({ container: observed({ ...crashLoop, ...over }), ...more });
}
function finding(given: Evidence): Finding {
  const result = runCheck('container-healthy', given);
  if (result.verdict !== 'fail') throw new Error(`${result.verdict}: ${result.note}`);
  return result.findings[0];
}
const said = (...lines: string[]) => ({ crashLogs: observed({ lines, isCut: false }) });

describe('a crash', () => {
  it('is told with exit code, reason and last log line', () => {
    const one = finding(crash({ exitCode: 137, terminatedReason: 'OOMKilled' }, said('starting', 'loading model')));
    expect(one.summary).toContain('exits with exit code 137 (OOMKilled), 7 restarts so far');
    expect(one.summary).toContain('Its last log line: “loading model”');
    expect(one.detail).toMatchObject({
      exitCode: 137,
      reason: 'OOMKilled',
      lastLogLine: 'loading model',
      log: ['starting', 'loading model'],
    });
    expect(one.because).toEqual(['container', 'registryAccess', 'crashLogs']);
  });

  it('is a matter of memory where the kernel killed it', () => {
    const limited = finding(crash({ exitCode: 137, terminatedReason: 'OOMKilled', memoryLimit: '64Mi' }));
    expect(limited.fix).toContain('The kernel killed it for memory (its memory limit is 64Mi)');
    expect(finding(crash({ exitCode: 137, terminatedReason: 'OOMKilled' })).fix).toContain('no more memory');
    expect(finding(crash({ exitCode: 137 })).fix).toBeUndefined();
  });

  it('names the older revision that still has ready pods, else the one before', () => {
    const now = revision(3, '1.4.2', { isCurrent: true });
    const [before, still] = [revision(2, '1.4.1'), revision(1, '1.4.0', { ready: 2 })];
    const runs = finding(crash({}, { revisions: observed([now, before, still]) }));
    expect(runs.summary).toContain(`Revision 1 with ${HOST}/team/api:1.4.0 still has 2 ready pods.`);
    expect(runs.detail['lastWorkingRevision']).toBe('1 (2 pods ready)');
    const ran = finding(crash({}, { revisions: observed([now, before]) }));
    expect(ran.summary).toContain('The revision before is 2');
    expect(ran.detail['lastWorkingRevision']).toContain('the one before');
    expect(finding(crash({}, { revisions: observed([now]) })).detail['lastWorkingRevision']).toBeNull();
  });

  it('prints the rule where logs may not be read, and is as sure', () => {
    const right = { verb: 'get', apiGroup: '', resource: 'pods/log', namespace: 'staging' };
    const given = crash({}, { crashLogs: forbidden(right) });
    expect(finding(given)).toMatchObject({ confidence: 'certain', detail: { lastLogLine: null } });
    expect(diagnose(given).gaps.join()).toContain('resources: ["pods/log"], verbs: ["get"]');
  });

  it('takes what the container left in its status where there is no log', () => {
    const one = finding(crash({ terminatedMessage: 'config: missing DB_URL\n' }));
    expect(one).toMatchObject({
      because: ['container', 'registryAccess'],
      detail: { lastLogLine: 'config: missing DB_URL' },
    });
  });

  it('that never got to run is not called started', () => {
    const over = { exitCode: 128, terminatedReason: 'StartError', terminatedMessage: 'exec: "/app": no such file' };
    const one = finding(crash(over, said('a line of somebody else')));
    expect(one.summary).toContain('cannot be started (StartError)');
    expect(one.summary).toContain('no such file');
    expect(one.summary).not.toContain('somebody else');
  });

  it('with exit code 0 is a program that came to its end, unless the kubelet stopped it', () => {
    const over = { exitCode: 0, terminatedReason: 'Completed' };
    expect(finding(crash(over)).summary).toContain('Exit code 0 is no failure');
    const message = 'Container app failed liveness probe, will be restarted';
    const killing = { type: 'Normal', reason: 'Killing', message, container: 'app', count: 1 };
    expect(finding(crash(over, { events: observed([killing]) })).summary).not.toContain('Exit code 0 is no failure');
    const hook = { ...killing, type: 'Warning', reason: 'FailedPostStartHook', message: 'PostStartHook failed' };
    const hooked = finding(crash(over, { events: observed([hook]) })).summary;
    expect(hooked).toContain('because its postStart hook failed');
    expect(hooked).not.toContain('Exit code 0 is no failure');
    expect(finding(crash()).summary).not.toContain('Exit code 0 is no failure');
  });

  it.each(['liveness', 'startup'])('by the %s probe is the kubelet’s doing', (probe) => {
    const message = `Container app failed ${probe} probe, will be restarted`;
    const events = observed([{ type: 'Normal', reason: 'Killing', message, container: 'app', count: 3 }]);
    expect(finding(crash({}, { events })).summary).toContain(`because its ${probe} probe failed`);
  });

  it('is only likely while it runs between two of them', () => {
    const { waitingReason: _reason, ...between } = crashLoop;
    const given = evidence({ container: observed({ ...between, state: 'running' }) });
    expect(finding(given)).toMatchObject({ cause: 'container-crashing', confidence: 'likely' });
    expect(verdictOf(given).cause).not.toBe('healthy');
  });
});

describe('a program for another CPU', () => {
  const words = said('exec /pause: exec format error');
  const noList = access(attempt(podLogin, { ...found, manifest: { ...manifest, platforms: [] } } as typeof found));

  it('is a matter of the platform, likely: a script without an interpreter line says the same', () => {
    const given = crash({}, { ...words, registryAccess: noList });
    expect(verdictOf(given)).toMatchObject({
      cause: 'platform-mismatch',
      confidence: 'likely',
      alternatives: ['container-crashing'],
    });
    expect(diagnose(given).lights.reference).toBe('bad');
  });

  it('is none where the registry lists the platform that was pulled', () => {
    expect(verdictOf(crash({}, words)).cause).toBe('container-crashing');
  });
});
