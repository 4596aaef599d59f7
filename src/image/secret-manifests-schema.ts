/** What is read of a manifest file: only Secrets and lists, other fields stay unread. */
import { z } from 'zod';

export const manifest = z.object({ kind: z.string() });

export const listManifest = z.object({ items: z.array(z.unknown()) });

export const secretManifest = z.object({
  metadata: z.object({ name: z.string().optional(), generateName: z.string().optional() }),
  type: z.string().nullish(),
  data: z.record(z.string(), z.string().nullable()).nullish(),
  stringData: z.record(z.string(), z.string().nullable()).nullish(),
});
