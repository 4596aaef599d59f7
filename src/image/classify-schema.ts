/** One line of `pullcheck classify`'s input. */
import { z } from 'zod';

const Question = z.object({ message: z.string(), reason: z.string().nullish() });

/** The line's fields, or in one sentence what is wrong with it. */
export function readQuestion(line: string): z.infer<typeof Question> | { readonly fault: string } {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return { fault: 'the line is not JSON' };
  }
  const parsed = Question.safeParse(json);
  return parsed.success ? parsed.data : { fault: 'the line needs a text "message" and may have a text "reason"' };
}
