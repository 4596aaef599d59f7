// Run after every change of dependencies. npm leaves another platform's optional packages out of package-lock.json when the registry
// in use does not offer them, and then refuses `npm ci` everywhere. Adds what is missing, pinned as its parent pins it.
import { readFileSync, writeFileSync } from 'node:fs';

const OS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'openbsd', 'netbsd', 'sunos', 'aix', 'win32'];
const CPU = ['arm64', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'mips64el', 'wasm32', 'arm'];

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const { packages } = lock;
let added = 0;
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (isLocked(path, name)) continue;
    packages[`node_modules/${name}`] = {
      version: pinned(name, range),
      ...limits(name),
      ...(entry.dev ? { dev: true } : {}),
      optional: true,
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
for (const entry of Object.values(lock.packages)) delete entry.resolved;
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`);
process.stderr.write(`${added} optional packages added\n`);

/** As Node resolves it: beside the parent, or above. */
function isLocked(path, name) {
  for (let at = path; ; at = at.slice(0, at.lastIndexOf('/node_modules/'))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`]) return true;
    if (!at.includes('/node_modules/')) return packages[`node_modules/${name}`] !== undefined;
  }
}

/** Platform packages are pinned exactly by their parent. */
function pinned(name, range) {
  const version = range.replace(/^[~^]/, '');
  if (!/^\d+\.\d+\.\d+[\w.+-]*$/.test(version))
    throw new Error(`${name}: "${range}" is not an exact version; lock it by hand`);
  return version;
}

/** What the name says about the machines it is for. */
function limits(name) {
  const words = name.split(/[^a-z0-9]+/);
  const os = OS.filter((word) => words.includes(word));
  const cpu = CPU.filter((word) => words.includes(word));
  const libc =
    words.includes('musl') || words.includes('musleabihf')
      ? ['musl']
      : words.some((word) => word.startsWith('gnu'))
        ? ['glibc']
        : [];
  return { ...(os.length > 0 ? { os } : {}), ...(cpu.length > 0 ? { cpu } : {}), ...(libc.length > 0 ? { libc } : {}) };
}
