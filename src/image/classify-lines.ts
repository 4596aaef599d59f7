/** `pullcheck classify`: one JSON object per line in, one per line out, in the same order. Holds one line at a time. */
import { classify } from './classify.ts';
import { readQuestion } from './classify-schema.ts';

export interface AnsweredLine {
  /** The answer as JSON, without a line break. */
  readonly text: string;
  /** False for a line that was not understood: exit code 2, while the others go on. */
  readonly ok: boolean;
}

/** Answers one line. An empty line is no question and has no answer. Never throws. */
export function classifyLine(line: string): AnsweredLine | undefined {
  if (line.trim() === '') return undefined;
  const question = readQuestion(line);
  if ('fault' in question) return refused(question.fault);
  return { text: JSON.stringify(classify(question.message, question.reason)), ok: true };
}

/** Answers lines as they come. The caller writes each and remembers whether any was not ok. */
export async function* classifyLines(lines: AsyncIterable<string> | Iterable<string>): AsyncGenerator<AnsweredLine> {
  for await (const line of lines) {
    const answer = classifyLine(line);
    if (answer) yield answer;
  }
}

function refused(error: string): AnsweredLine {
  return { text: JSON.stringify({ error }), ok: false };
}
