// demo, check, fix, bench: each a few programs in a row on Node 24.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { node24, root, run, say } from './install.mjs';
import { report } from './summary.mjs';

const tool = (name) => join(root, 'node_modules/.bin', name);
/** Source runs by type stripping; that Node says so on every start helps nobody. */
const quiet = ['--disable-warning=ExperimentalWarning'];

/** `npm run demo -- ARGS` */
export async function demo(args) {
  return run(node24, [...quiet, 'src/cli.ts', 'demo', ...args]);
}

const runbooks = readdirSync(join(root, 'deploy/runbooks')).map((file) => join('deploy/runbooks', file));

const checks = [
  ['format', tool('biome'), ['ci', '--colors=off']],
  ['lint', tool('oxlint'), []],
  ['types', tool('tsc'), ['-p', '.']],
  ['build', tool('tsc'), ['-p', 'tsconfig.build.json']],
  ['dead code', tool('knip'), []],
  ['licences', node24, ['scripts/licences.mjs']],
  ['dockerfile', node24, ['scripts/dockerfile.mjs']],
  ['runbooks', node24, [...quiet, 'src/cli.ts', 'runbook', 'lint', ...runbooks]],
];

/** Every check but the tests. */
export async function check() {
  const failed = [];
  for (const [name, command, args] of checks) {
    say(`check ${name}`);
    if (
      run(command, args, {
        env: { ...process.env, PATH: `${join(root, 'node_modules/node/bin')}:${process.env.PATH}` },
      }) !== 0
    )
      failed.push(name);
  }
  report({ passed: checks.length - failed.length, failed: failed.length });
  if (failed.length > 0) say(`failed: ${failed.join(', ')}. "npm run fix" mends format and some lint.`);
  return failed.length === 0 ? 0 : 1;
}

/** Mends what can be mended without thinking. */
export async function fix() {
  const format = run(tool('biome'), ['check', '--write']);
  const lint = run(tool('oxlint'), ['--fix']);
  return format || lint;
}

/** `npm run bench -- NAME`: prints ratios, asserts nothing. */
export async function bench(args) {
  const [name, ...rest] = args;
  const known = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length));
  if (!name || !known.includes(name)) {
    say(`name a benchmark: ${known.join(', ')}`);
    return 2;
  }
  return run(node24, [...quiet, `bench/${name}.ts`, ...rest]);
}
