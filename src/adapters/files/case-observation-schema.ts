/** An observation in a case file, of any value. */
import { z } from 'zod';

const Text = z.string();

/** All five states, exactly as they are written. */
export function observation<S extends z.ZodType>(value: S) {
  return z.discriminatedUnion('status', [
    z.strictObject({ status: z.literal('observed'), value }),
    z.strictObject({ status: z.literal('absent') }),
    z.strictObject({
      status: z.literal('forbidden'),
      permission: z.strictObject({ verb: Text, apiGroup: Text, resource: Text, namespace: Text.exactOptional() }),
    }),
    z.strictObject({ status: z.literal('unreachable'), detail: Text }),
    z.strictObject({ status: z.literal('not-collected'), reason: Text }),
  ]);
}
