import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { CAUSES } from '../../../src/diagnosis/catalogue.ts';
import { PROVEN_CAUSES } from '../../../src/diagnosis/cause.ts';
import { CHECKS, findCheck } from '../../../src/diagnosis/checks/index.ts';
import { conclude, concludeCase } from '../../../src/diagnosis/conclude.ts';
import type { Evidence, EvidenceKind } from '../../../src/evidence/evidence.ts';
import { absent } from '../../../src/evidence/observation.ts';
import { PULL_ERROR_KINDS } from '../../../src/image/pull-error.ts';
import { allForbidden, allUncollected, allUnreachable, evidence } from '../support.ts';

describe('the checks', () => {
  it('are exactly the files of the folder, each called like its file', () => {
    const files = globSync('src/diagnosis/checks/*.ts').map((file) => basename(file, '.ts'));
    expect(CHECKS.map(({ id }) => id).sort()).toEqual(files.filter((name) => name !== 'index').sort());
    expect(findCheck('tag-exists')?.id).toBe('tag-exists');
    expect(findCheck('constructor')).toBeUndefined();
  });

  it.each([
    ['forbidden', allForbidden],
    ['unreachable', allUnreachable],
    ['not collected', allUncollected],
  ])('pass nothing and find nothing when all evidence is %s', (_state, given) => {
    const results = CHECKS.map((check) => ({ check, result: check.run(given) }));
    expect(results.map(({ check, result }) => `${check.id} ${result.verdict}`)).toEqual(
      CHECKS.map(({ id }) => `${id} inconclusive`),
    );
    for (const { result } of results) expect(result.note).not.toBe('');
    const { verdict, lights, findings, ruledOut } = conclude([concludeCase({ evidence: given, results })]);
    expect(verdict.cause).toBe('undetermined');
    expect(lights).toEqual({ reference: 'unknown', credentials: 'unknown', reachability: 'unknown' });
    expect([findings, ruledOut]).toEqual([[], []]);
  });

  it('pass nothing and find nothing where everything was looked for and nothing is there', () => {
    const kinds = Object.keys(evidence()) as EvidenceKind[];
    const empty = Object.fromEntries(kinds.map((kind) => [kind, absent])) as Evidence;
    const results = CHECKS.map((check) => ({ check, result: check.run(empty) }));
    const decided = results.filter(({ result }) => result.verdict === 'pass' || result.verdict === 'fail');
    expect(decided.map(({ check }) => check.id)).toEqual([]);
    expect(conclude([concludeCase({ evidence: empty, results })])).toMatchObject({
      verdict: { cause: 'undetermined' },
      findings: [],
      ruledOut: [],
    });
  });

  it('print the rule to add when they were not allowed to look', () => {
    for (const check of CHECKS) {
      expect(check.run(allForbidden).note).toContain('resources: ["secrets"], verbs: ["get"]');
    }
  });

  it('show a command that names the real objects and no secret', () => {
    const commands = Object.fromEntries(CHECKS.map((check) => [check.id, check.command(evidence())]));
    expect(commands).toMatchInlineSnapshot(`
{
  "blast-radius": "kubectl get pods -A | grep -E "ImagePull|ErrImage|InvalidImage"",
  "build-job-succeeded": undefined,
  "build-pushed-tag": undefined,
  "container-healthy": "kubectl get pod api-1 -n staging -o wide",
  "manifest-located": undefined,
  "platform-fits-nodes": "kubectl get nodes -L kubernetes.io/os,kubernetes.io/arch",
  "pull-error": "kubectl describe pod api-1 -n staging",
  "pull-secret-covers-registry": "kubectl get serviceaccount/default secret/regcred -n staging",
  "reference-shape": "kubectl get pod api-1 -n staging -o 'jsonpath={.spec..image}'",
  "registry-accepts-credential": "skopeo login --username puller registry.example.com",
  "registry-in-cluster": undefined,
  "registry-reachable": "curl -sSI --max-time 10 https://registry.example.com/v2/",
  "running-image-current": "kubectl get pod api-1 -n staging -o 'jsonpath={.status..imageID}'",
  "tag-exists": "skopeo inspect --raw docker://registry.example.com/team/api:1.4.2-17-54",
  "what-changed": "kubectl rollout history deployment/api -n staging",
}
`);
  });

  it('have no command to show when nothing is known, or a general one', () => {
    for (const check of CHECKS) expect(check.command({}) ?? 'kubectl').toMatch(/^kubectl/);
  });
});

describe('the catalogue', () => {
  it('has one full row for every cause', () => {
    const causes = [...PULL_ERROR_KINDS, ...PROVEN_CAUSES];
    expect(Object.keys(CAUSES).sort()).toEqual([...causes].sort());
    for (const { title, meaning, fix } of Object.values(CAUSES)) {
      expect(title.length).toBeLessThanOrEqual(80);
      expect(title).not.toMatch(/\.$/);
      for (const sentence of [meaning, fix]) expect(sentence).toMatch(/^[A-Za-z].*\.$/);
    }
  });

  it('never advises to switch off TLS verification or to bypass a signature', () => {
    for (const { fix } of Object.values(CAUSES)) expect(fix).not.toMatch(/insecure|skip.verify/i);
  });
});
