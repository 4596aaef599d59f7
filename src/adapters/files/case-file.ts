/** Case files: what a run saw, redacted, as one JSON document; and back. */
import { formatTime, parseTime } from '../../clock.ts';
import type { Recording } from '../../diagnosis/recording.ts';
import { UsageError } from '../../errors.ts';
import { redactEvidence } from './case-redact.ts';
import { CaseFile, parseCaseText } from './case-schema.ts';

/** A case of a few containers has some 100 kB; one in a cluster full of failing pods a few MB. */
const MOST_CHARACTERS = 50_000_000;

/** The document's text. `tool`: the program's version. */
export function writeCase(recording: Recording, tool: string): string {
  const { target, note, withheld, runbook, cases, credentialHosts, startedAt } = recording;
  const evidence = redactEvidence(cases);
  const file = {
    apiVersion: 'pullcheck/v1',
    kind: 'Case',
    tool,
    startedAt: formatTime(startedAt),
    runbook,
    target,
    ...(note === undefined ? {} : { note }),
    ...(withheld === undefined ? {} : { withheld }),
    credentialHosts,
    cases: cases.map(({ subject: { namespace, pod, container } }, index) => ({
      namespace,
      pod,
      container,
      evidence: evidence[index] ?? {},
    })),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

/** Throws UsageError `case-invalid` for anything that is not a case of ours. */
export function readCase(text: string, file: string): Recording {
  if (text.length > MOST_CHARACTERS) throw unusable(file, 'it is too long');
  const { apiVersion: _version, kind: _kind, tool: _tool, cases, startedAt, note, ...rest } = parsed(text, file);
  return {
    ...rest,
    ...(note === undefined ? {} : { note }),
    startedAt: parseTime(startedAt) ?? 0,
    cases: cases.map(({ evidence, ...subject }) => ({ subject, evidence })),
  };
}

function parsed(text: string, file: string): CaseFile {
  const json = parseCaseText(text);
  if (json === undefined) throw unusable(file, 'it is not JSON');
  try {
    const result = CaseFile.safeParse(json);
    if (result.success) return result.data;
    const [issue] = result.error.issues;
    const where = issue === undefined || issue.path.length === 0 ? '' : `${issue.path.map(String).join('.')}: `;
    throw unusable(file, `${where}${issue?.message ?? 'its shape is not known'}`);
  } catch (error) {
    // Nested too deeply to be walked.
    if (error instanceof RangeError) throw unusable(file, 'it is nested too deeply');
    throw error;
  }
}

/** Also for a file that can be read, but makes no sense to the checks. */
export function unusable(file: string, why: string): UsageError {
  return new UsageError({
    code: 'case-invalid',
    message: `${file} is not a case file that can be replayed: ${why.slice(0, 300)}.`,
    hint: 'Write one with: pullcheck pod NAME --save-case FILE',
  });
}
