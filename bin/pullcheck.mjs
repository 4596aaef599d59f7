#!/usr/bin/env node
// Starts the command line on a Node that can run it: this one, or the one that the development dependency `node` brings.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const [major, minor] = process.versions.node.split('.').map(Number);
const modern = major > 22 || (major === 22 && minor >= 19);
const built = at('../dist/cli.js');
const source = at('../src/cli.ts');
const entry = existsSync(source) ? source : built;

if (modern) {
  await import(entry);
} else {
  const own = at('../node_modules/node/bin/node');
  if (!existsSync(own)) {
    process.stderr.write(
      `pullcheck needs Node 22.19 or newer, this is ${process.versions.node}. Install a newer Node, or run "npm ci" in the checkout.\n`,
    );
    process.exit(2);
  }
  const child = spawnSync(own, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  process.exit(child.status ?? 1);
}
