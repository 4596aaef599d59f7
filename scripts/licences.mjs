// Every package that ships must be under a licence that allows it: an allow-list over the lock file.
import { readFileSync } from 'node:fs';

const ALLOWED = [
  'MIT',
  'Apache-2.0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'Unlicense',
  'Python-2.0',
  'PSF-2.0',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'MIT OR Apache-2.0',
  'MIT-0',
];
const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wrong = Object.entries(packages)
  .filter(([path, entry]) => path !== '' && !entry.dev)
  .map(([path, { license }]) => [
    path.replace(/^.*node_modules\//, ''),
    license ?? readLicense(path) ?? licenseOfParent(path),
  ])
  .filter(([, license]) => !ALLOWED.includes(license));
for (const [name, license] of wrong) process.stderr.write(`${name}: licence ${license} is not on the list\n`);
process.exit(wrong.length > 0 ? 1 : 0);

/** Another platform's build is not on this machine; it is the same program as the package that pins it. */
function licenseOfParent(path) {
  const name = path.replace(/^.*node_modules\//, '');
  return Object.values(packages).find((entry) => entry.optionalDependencies?.[name])?.license;
}

function readLicense(path) {
  try {
    const { license } = JSON.parse(readFileSync(`${path}/package.json`, 'utf8'));
    return typeof license === 'string' ? license : license?.type;
  } catch {
    return undefined;
  }
}
