/** YAML text -> Runbook, or every problem with its place in the file. */
import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { ConfigError } from '../errors.ts';
import type { EscalationRule, Runbook } from './runbook.ts';
import { RunbookFile } from './schema.ts';

/** One thing wrong with a runbook file; line and column count from 1. */
interface RunbookProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Names that a runbook may use. */
export interface KnownIds {
  readonly checks: readonly string[];
  readonly remedies: readonly string[];
  readonly causes: readonly string[];
}

export type RunbookReading =
  | { readonly ok: true; readonly runbook: Runbook }
  | { readonly ok: false; readonly problems: readonly [RunbookProblem, ...RunbookProblem[]] };

type Path = readonly PropertyKey[];

/** Reads one file; never throws. */
export function readRunbook(text: string, known: KnownIds): RunbookReading {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const place = (path: Path) => placeOf(document, lines, path);
  const broken = document.errors.map((error) => {
    const { line, col } = lines.linePos(error.pos[0]);
    return { line, column: col, message: error.message };
  });
  if (hasSome(broken)) return { ok: false, problems: broken };
  const parsed = RunbookFile.safeParse(plain(document));
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => ({
      ...place(issue.code === 'unrecognized_keys' ? [...issue.path, issue.keys[0] ?? ''] : issue.path),
      message: `${issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `}${issue.message}`,
    }));
    if (hasSome(problems)) return { ok: false, problems };
    throw new ConfigError({ code: 'runbook-invalid', message: 'the runbook could not be read' });
  }
  const wrong = unknownNames(parsed.data, known).map(({ path, message }) => ({ ...place(path), message }));
  return hasSome(wrong) ? { ok: false, problems: wrong } : { ok: true, runbook: toRunbook(parsed.data) };
}

/** Reads one file; throws ConfigError naming every problem as `file:line:column`. */
export function loadRunbook(file: string, text: string, known: KnownIds): Runbook {
  const reading = readRunbook(text, known);
  if (reading.ok) return reading.runbook;
  throw new ConfigError({
    code: 'runbook-invalid',
    message: reading.problems.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    hint: `try: pullcheck runbook lint ${file}`,
  });
}

/** Ids must differ between files too: throws ConfigError naming the doubled ones. */
export function assertUniqueIds(runbooks: readonly Runbook[]): void {
  const ids = runbooks.map(({ id }) => id);
  const doubled = [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
  if (doubled.length > 0) {
    throw new ConfigError({ code: 'runbook-invalid', message: `two runbooks are called ${doubled.join(', ')}` });
  }
}

function unknownNames(file: RunbookFile, known: KnownIds): { path: Path; message: string }[] {
  const steps = file.steps.flatMap(({ id, check }, index) => [
    ...(file.steps.findIndex((step) => step.id === id) === index
      ? []
      : [{ path: ['steps', index, 'id'], message: `the step id "${id}" is used twice` }]),
    ...(known.checks.includes(check)
      ? []
      : [
          {
            path: ['steps', index, 'check'],
            message: `no check is called "${check}"; known: ${known.checks.join(', ')}`,
          },
        ]),
  ]);
  const offers = Object.entries(file.offer).flatMap(([cause, remedies]) => [
    ...(known.causes.includes(cause) ? [] : [{ path: ['offer', cause], message: `no cause is called "${cause}"` }]),
    ...remedies.flatMap((remedy, index) =>
      known.remedies.includes(remedy)
        ? []
        : [
            {
              path: ['offer', cause, index],
              message: `no remedy is called "${remedy}"; known: ${known.remedies.join(', ')}`,
            },
          ],
    ),
  ]);
  return [...steps, ...offers];
}

function toRunbook(file: RunbookFile): Runbook {
  const { acknowledgeAfter } = file.clocks;
  // "Unresolved after an hour" is the resolve clock in other words.
  const resolveAfter = file.clocks.resolveAfter ?? file.escalate.find(({ when }) => when === 'unresolved')?.after;
  return {
    id: file.runbook,
    title: file.title,
    ...(file.url === undefined ? {} : { url: file.url }),
    trigger: file.trigger,
    steps: file.steps,
    offer: file.offer,
    ...(acknowledgeAfter === undefined ? {} : { acknowledgeAfterMs: acknowledgeAfter }),
    ...(resolveAfter === undefined ? {} : { resolveAfterMs: resolveAfter }),
    escalate: file.escalate.map(
      ({ when, after, say }): EscalationRule => ({ when, say, ...(after === undefined ? {} : { afterMs: after }) }),
    ),
  };
}

/** An alias bomb is an error of the document, not of the process. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 20 });
  } catch {
    return null;
  }
}

/** The node at `path`, or its nearest parent that exists. */
function placeOf(document: Document, lines: LineCounter, path: Path): { line: number; column: number } {
  for (let length = path.length; length >= 0; length -= 1) {
    const node: unknown = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

function hasSome<T>(list: readonly T[]): list is readonly [T, ...T[]] {
  return list.length > 0;
}
