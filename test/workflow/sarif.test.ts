/** What code scanning needs: a known rule, a relative place, a level. */
import { expect, it } from '@jest/globals';
import { z } from 'zod';
import { checkFiles } from '../../src/workflow/check.ts';
import { sarifOf } from '../../src/workflow/sarif.ts';

/** The parts of SARIF 2.1.0 that uploads are refused without. */
const Sarif = z.object({
  version: z.literal('2.1.0'),
  runs: z.tuple([
    z.object({
      tool: z.object({ driver: z.object({ name: z.string(), rules: z.array(z.object({ id: z.string() })) }) }),
      results: z.array(
        z.object({
          ruleId: z.string(),
          ruleIndex: z.number().int().min(0),
          level: z.enum(['error', 'warning', 'note']),
          message: z.object({ text: z.string().min(1) }),
          locations: z.tuple([
            z.object({
              physicalLocation: z.object({
                artifactLocation: z.object({ uri: z.string(), uriBaseId: z.string().optional() }),
                region: z.object({ startLine: z.number().int().min(1), startColumn: z.number().int().min(1) }),
              }),
            }),
          ]),
        }),
      ),
    }),
  ]),
});

const text = 'on: push\njobs:\n  a: { outputs: { t: "1" } }\n  b: { env: { X: "${{ needs.a.outputs.t }}" } }\n';

it.each([
  ['./.github/workflows/a b.yml', '.github/workflows/a%20b.yml', '%SRCROOT%'],
  ['.github\\workflows\\ci.yml', '.github/workflows/ci.yml', '%SRCROOT%'],
  ['/srv/repo/.github/workflows/ci.yml', '/srv/repo/.github/workflows/ci.yml', undefined],
])('names %s as %s', (file, uri, uriBaseId) => {
  const [run] = Sarif.parse(
    sarifOf(
      checkFiles([{ file, text }], () => undefined),
      '1.0.0',
    ),
  ).runs;
  const [result] = run.results;
  expect(result?.locations[0].physicalLocation.artifactLocation).toEqual({ uri, ...(uriBaseId ? { uriBaseId } : {}) });
  expect(run.tool.driver.rules[result?.ruleIndex ?? -1]?.id).toBe(result?.ruleId);
});
