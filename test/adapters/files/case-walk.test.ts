/**
 * A secret in any text of any kind of evidence: none reaches the case file, and the replay says what the run said. A kind of evidence
 * that is not in WHOLE_EVIDENCE fails here.
 */
import { describe, expect, it } from '@jest/globals';
import { readCase, writeCase } from '../../../src/adapters/files/case-file.ts';
import { CHECKS } from '../../../src/diagnosis/checks/index.ts';
import type { Diagnosis } from '../../../src/diagnosis/diagnosis.ts';
import type { Recording } from '../../../src/diagnosis/recording.ts';
import { UsageError } from '../../../src/errors.ts';
import { EVIDENCE_KINDS } from '../../../src/evidence/collect.ts';
import type { Evidence } from '../../../src/evidence/evidence.ts';
import { observed } from '../../../src/evidence/observation.ts';
import { replay } from '../../../src/flow/replay.ts';
import { REMEDIES } from '../../../src/remediation/remedies/index.ts';
import { FORMS, leaksIn, type Path, planted, textsIn } from '../../support/canaries.ts';
import { shippedRunbook } from '../../support/runbooks.ts';
import { NOON } from '../../support/snapshots.ts';
import { WHOLE_EVIDENCE } from '../../support/whole-evidence.ts';

const runbook = shippedRunbook('image-pull');
const deps = { runbooks: [runbook], checks: CHECKS, remedies: REMEDIES };

/** As many cases as a kind has variants; the others keep their first. */
const VARIANTS = Math.max(...Object.values(WHOLE_EVIDENCE).map((variants) => variants.length));
const CASES: readonly Partial<Evidence>[] = Array.from({ length: VARIANTS }, (_, variant) =>
  Object.fromEntries(
    Object.entries(WHOLE_EVIDENCE).map(([kind, variants]) => [kind, observed(variants[variant] ?? variants[0])]),
  ),
);

function recordingOf(evidence: Partial<Evidence>): Recording {
  return {
    target: { cluster: 'test', namespace: 'staging', kind: 'Pod', name: 'api-7d9c5-x2x7k' },
    runbook: runbook.id,
    cases: [{ subject: { namespace: 'staging', pod: 'api-7d9c5-x2x7k', container: 'api' }, evidence }],
    credentialHosts: [],
    startedAt: NOON,
  };
}

function essence({ verdict, findings, lights, ruledOut }: Diagnosis) {
  const { cause, confidence, severity, alternatives } = verdict;
  const found = findings.map((one) => [one.cause, one.confidence, one.because]);
  return { cause, confidence, severity, alternatives, found, lights, ruledOut };
}

describe('every kind of evidence', () => {
  it('is among those into which secrets are put', () => {
    expect(Object.keys(WHOLE_EVIDENCE).toSorted()).toEqual(EVIDENCE_KINDS.toSorted());
    for (const [kind, variants] of Object.entries(WHOLE_EVIDENCE))
      expect([kind, variants.flatMap((value) => textsIn(value)).length > 0]).toEqual([kind, true]);
  });

  it.each(Object.keys(FORMS))('loses a secret in the form of %s, wherever it stands', (form) => {
    for (const evidence of CASES) {
      const { value, canaries } = planted(evidence, form);
      expect(leaksIn(writeCase(recordingOf(value), '1.2.3'), canaries)).toEqual([]);
    }
  });

  it('loses a key that goes over several lines of a log', () => {
    const key = ['MIGHAgEAMBMGByqGSM49', 'AgEGCCqGSM49AwEHBG0w'];
    const log = [
      'starting',
      ['-----BEGIN EC PRIVATE', 'KEY-----'].join(' '),
      ...key,
      ['-----END EC PRIVATE', 'KEY-----'].join(' '),
    ];
    const crashLogs = observed({ lines: log, isCut: false });
    const text = writeCase(recordingOf({ crashLogs }), '1.2.3');
    for (const line of key) expect(text).not.toContain(line);
    expect(text).toContain('starting');
  });
});

describe('a replay', () => {
  it('of every kind says what the run said', async () => {
    for (const evidence of CASES) await sameAgain(evidence);
  });

  it.each(CASES.map((_, variant) => variant))(
    'says it with a secret in any one text, variant %i',
    async (variant) => {
      const evidence = CASES[variant] ?? {};
      const forms = Object.keys(FORMS);
      const paths = textsIn(evidence);
      let replayed = 0;
      for (const [index, path] of paths.entries()) {
        const { value } = planted(evidence, forms[index % forms.length] ?? '', path);
        replayed += (await sameAgain(value, path)) ? 1 : 0;
      }
      // The others are words of which a case file knows all, such as the name of an outcome.
      expect(replayed).toBeGreaterThan(paths.length / 2);
    },
    60_000,
  );
});

/** false: the text is one of a closed list, so that the file is refused. */
async function sameAgain(evidence: Partial<Evidence>, path: Path = []): Promise<boolean> {
  const recording = recordingOf(evidence);
  let read: Recording;
  try {
    read = readCase(writeCase(recording, '1.2.3'), 'case.json');
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    return false;
  }
  const [run, again] = await Promise.all([replay(deps, recording), replay(deps, read)]);
  expect([path.join('.'), essence(again)]).toEqual([path.join('.'), essence(run)]);
  return true;
}
