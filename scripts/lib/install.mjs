// What a fresh machine lacks: the npm packages always, Debian's servers where root may install them. Never asks for a password.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
export const node24 = join(root, 'node_modules/node/bin/node');

/** One line on stderr about what is being done. */
export function say(text) {
  process.stderr.write(`pullcheck: ${text}\n`);
}

/** Runs a program in the checkout with its output shown; gives the exit code. */
export function run(command, args, options = {}) {
  const child = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (child.error) throw child.error;
  return child.status ?? 1;
}

/** The program's path, or undefined. */
export function which(program, path = `${process.env.PATH ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`) {
  if (program.startsWith('/')) return existsSync(program) ? program : undefined;
  for (const folder of path.split(delimiter)) {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return join(folder, program);
    } catch {}
  }
  return undefined;
}

/** `npm ci` when node_modules is missing or older than the lock file. */
export function installPackages() {
  const stamp = join(root, 'node_modules/.package-lock.json');
  const fresh =
    existsSync(stamp) &&
    existsSync(node24) &&
    statSync(stamp).mtimeMs >= statSync(join(root, 'package-lock.json')).mtimeMs;
  if (fresh) return;
  say('installing the npm packages (npm ci), once');
  if (run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']) !== 0) {
    say('npm ci failed; check the network and the registry in "npm config get registry", then run the command again');
    process.exit(1);
  }
  if (!existsSync(node24)) {
    say('the npm package "node" brought no binary (were install scripts switched off?); fetching it');
    run('npm', ['rebuild', 'node', '--foreground-scripts']);
  }
  if (!existsSync(node24)) {
    say('Node 24 could not be installed through npm. Install Node 24 yourself and run "npm ci" again.');
    process.exit(1);
  }
}

function isDebianRoot() {
  return (
    process.platform === 'linux' &&
    process.getuid?.() === 0 &&
    existsSync('/etc/debian_version') &&
    which('apt-get') !== undefined
  );
}

/** Installs those Debian packages whose program is missing, if that can be done without asking anybody. `wanted`: program -> package(s). */
export function installDebian(wanted) {
  const missing = Object.entries(wanted).filter(([program]) => which(program) === undefined);
  if (missing.length === 0 || !isDebianRoot()) return;
  const packages = [...new Set(missing.flatMap(([, names]) => names.split(' ')))];
  say(`installing Debian's packages ${packages.join(' ')} (their programs are used by the tests)`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // A policy that answers 101 keeps dpkg from starting the servers: the tests start their own, on free ports.
  const quiet = { env: { ...env, RUNLEVEL: '1' }, stdio: ['ignore', 'ignore', 'inherit'] };
  if (run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet) === 0) return;
  run('apt-get', ['update'], quiet);
  if (run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], quiet) !== 0) {
    say('apt-get could not install all of them; what needs them is skipped below');
  }
}
