// One entry for every npm script. Runs on any Node 20+: it installs what is missing, says so, and starts the work on Node 24.

import { installPackages } from './lib/install.mjs';
import { bench, check, demo, fix } from './lib/tasks.mjs';
import { test } from './lib/test.mjs';

const tasks = { demo, test, check, fix, bench };
const [name, ...args] = process.argv.slice(2);
const task = tasks[name];
if (!task) {
  process.stderr.write(`No such task: ${name ?? ''}. There are: ${Object.keys(tasks).join(', ')}.\n`);
  process.exit(2);
}
installPackages();
process.exitCode = await task(args);
