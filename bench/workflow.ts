/**
 * The workflow checker against a folder of real files with a `manifest.json` of what should be found. Each file is laid out by its
 * `source` (repository, commit, path) in a temporary folder, so that `uses: ./…` leads somewhere.
 * Run: `node bench/workflow.ts FOLDER [--fuzz]`. Exit code 1 when an expected finding is missed or told with another
 * severity, an unexpected one is told, or a file takes too long.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { z } from 'zod';
import { checkFile } from '../src/workflow/check.ts';
import { mutate } from '../test/workflow/mutate.ts';

const AIM_MS = 10;
const MUTATIONS = 10_000;
const Manifest = z.object({
  files: z.array(
    z.object({
      file: z.string(),
      source: z.string(),
      expected_findings: z.array(
        z.object({ rule: z.string(), line: z.number(), exprLine: z.number().optional(), severity: z.string() }),
      ),
    }),
  ),
});

const [folder, ...flags] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/workflow.ts FOLDER [--fuzz]');
const { files } = Manifest.parse(JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')));
const place = mkdtempSync(join(tmpdir(), 'workflows-'));
const laid = files.map((entry) => {
  const [, repository = '', path = ''] = /^github:([^:]+):(.+)$/.exec(entry.source) ?? [];
  const target = join(place, repository.replaceAll('/', '+'), path);
  const text = readFileSync(join(folder, entry.file), 'utf8');
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
  return { ...entry, target, text };
});

const sum = { found: 0, missed: 0, extra: 0, severity: 0 };
let slowest = 0;
for (const { file, target, text, expected_findings: expected } of laid) {
  checkFile(target, text, read);
  // The processor’s time, the best of many: other work on the machine does not count, nor does the compilation of hot code.
  let took = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 40; round += 1) {
    // Another text each time: what was read before counts as little.
    const other = `${text}\n# ${round}\n`;
    const start = process.cpuUsage();
    checkFile(target, other, read);
    const { user, system } = process.cpuUsage(start);
    took = Math.min(took, (user + system) / 1000);
  }
  const told = checkFile(target, text, read).filter((one) => one.file === target);
  slowest = Math.max(slowest, took);
  const left = [...told];
  const missed = expected.filter((one) => {
    const at = left.findIndex(({ rule, line }) => rule === one.rule && (line === one.line || line === one.exprLine));
    if (at < 0) return true;
    if (left[at]?.severity !== one.severity) sum.severity += 1;
    left.splice(at, 1);
    return false;
  });
  sum.found += expected.length - missed.length;
  sum.missed += missed.length;
  sum.extra += left.length;
  console.log(
    `${file}: ${expected.length - missed.length} found, ${missed.length} missed, ${left.length} extra, ${took.toFixed(1)} ms`,
  );
  for (const one of missed) console.log(`  missed ${one.rule} in line ${one.line}`);
  for (const one of left) console.log(`  extra  ${one.severity} ${one.rule} in line ${one.line}: ${one.message}`);
}
console.log(
  `found ${sum.found}, missed ${sum.missed}, extra ${sum.extra}, other severity ${sum.severity}; slowest file ${slowest.toFixed(1)} ms (aim ${AIM_MS})`,
);
if (flags.includes('--fuzz')) fuzz();
rmSync(place, { recursive: true, force: true });
process.exitCode = sum.missed + sum.extra + sum.severity > 0 || slowest > AIM_MS ? 1 : 0;

function fuzz(): void {
  let worst = 0;
  for (let seed = 0; seed < MUTATIONS; seed += 1) {
    const { target, text } = laid[seed % laid.length] ?? { target: '', text: '' };
    const start = performance.now();
    checkFile(target, mutate(text, seed), read);
    worst = Math.max(worst, performance.now() - start);
  }
  console.log(`${MUTATIONS} mutated files: none crashed, slowest ${worst.toFixed(1)} ms`);
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
