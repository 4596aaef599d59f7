/** Text of a file as the contents API gives it. */
import type { z } from 'zod';
import { absent, type Observation, observed, unreachable } from '../../evidence/observation.ts';
import type { ContentAnswer } from './schema.ts';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** `absent` for a folder, a submodule, a link that leads nowhere, and what is not text. */
export function textOf(answer: z.infer<typeof ContentAnswer>): Observation<string> {
  if (Array.isArray(answer) || answer.type !== 'file') return absent;
  if (answer.encoding !== 'base64' || typeof answer.content !== 'string')
    return unreachable('GitHub gives files of more than 1 MB only in another form, which is not read');
  try {
    const text = utf8.decode(Buffer.from(answer.content, 'base64'));
    return text.includes('\0') ? absent : observed(text);
  } catch {
    return absent;
  }
}
