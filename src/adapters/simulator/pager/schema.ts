/** The part of an Events v2 request that the double looks at. */
import { z } from 'zod';

export const EnqueueBody = z.object({
  routing_key: z.string().length(32),
  event_action: z.enum(['trigger', 'acknowledge', 'resolve']),
  dedup_key: z.string().min(1).max(255),
  payload: z
    .object({
      summary: z.string().min(1).max(1_024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      custom_details: z.record(z.string(), z.unknown()).optional(),
    })
    .optional(),
});

export type EnqueueBody = z.infer<typeof EnqueueBody>;

/** undefined: not an event. */
export function readEnqueue(text: string): EnqueueBody | undefined {
  try {
    return EnqueueBody.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
