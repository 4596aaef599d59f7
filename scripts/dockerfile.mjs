// Lints the Dockerfile (no engine runs in the checks): syntax and common faults, and the promises that docs/security.md makes.
import { readFileSync } from 'node:fs';
import { validate } from 'dockerfile-utils';

const text = readFileSync('Dockerfile', 'utf8');
const problems = validate(text).map(
  ({ range, message }) =>
    `Dockerfile:${range.start.line + 1}: ${typeof message === 'string' ? message : message.value}`,
);
const last = text.slice(text.lastIndexOf('\nFROM '));
const promises = [
  [/\nUSER \d+:\d+\n/, 'the last stage runs as a numeric, non-root user'],
  [/\nHEALTHCHECK /, 'the image has a health check'],
  [/\nENTRYPOINT \[/, 'the entry point is in exec form, so that signals arrive'],
];
for (const [pattern, promise] of promises)
  if (!pattern.test(last)) problems.push(`Dockerfile: broken promise: ${promise}`);
if (/\nUSER 0[:\n]/.test(last)) problems.push('Dockerfile: the last stage runs as root');
for (const [, image] of text.matchAll(/^FROM\s+(\S+)/gm))
  if (!/:[^/]+$/.test(image) || image.endsWith(':latest')) problems.push(`Dockerfile: ${image} has no fixed tag`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exit(problems.length > 0 ? 1 : 0);
