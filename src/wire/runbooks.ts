/** The shipped runbooks and those that the configuration adds. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CAUSES } from '../diagnosis/catalogue.ts';
import { CHECKS } from '../diagnosis/checks/index.ts';
import { ConfigError } from '../errors.ts';
import { REMEDIES } from '../remediation/remedies/index.ts';
import { assertUniqueIds, type KnownIds, loadRunbook } from '../runbook/load.ts';
import type { Runbook } from '../runbook/runbook.ts';

/** `src/wire/` and `dist/wire/` are equally deep, so one path serves both. */
const SHIPPED = fileURLToPath(new URL('../../deploy/runbooks/', import.meta.url));

/** Names that a runbook may use. */
export const knownIds: KnownIds = {
  checks: CHECKS.map((check) => check.id),
  remedies: REMEDIES.map((remedy) => remedy.id),
  causes: Object.keys(CAUSES),
};

/** A file with the id of a shipped one replaces it. Throws ConfigError naming every problem. */
export function loadRunbooks(files: readonly string[]): readonly Runbook[] {
  const shipped = readdirSync(SHIPPED)
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => read(join(SHIPPED, file)));
  const added = files.map(read);
  assertUniqueIds(added);
  return [...added, ...shipped.filter((runbook) => !added.some((other) => other.id === runbook.id))];
}

function read(file: string): Runbook {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError({ code: 'runbook-unreadable', message: `The runbook ${file} cannot be read.` });
  }
  return loadRunbook(file, text, knownIds);
}
