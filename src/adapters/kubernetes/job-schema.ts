/** Jobs as the API server sends them (batch/v1), only what tells which image they build and how they fare. */
import { z } from 'zod';

const text = z.string().nullish();
const words = z.array(z.string()).nullish();

const JobContainer = z.object({
  image: text,
  command: words,
  args: words,
  env: z.array(z.object({ name: z.string(), value: text })).nullish(),
});
export type JobContainer = z.infer<typeof JobContainer>;

export const Job = z.object({
  metadata: z.object({ name: z.string(), namespace: text, creationTimestamp: text }),
  spec: z
    .object({
      suspend: z.boolean().nullish(),
      template: z
        .object({
          spec: z
            .object({ containers: z.array(JobContainer).nullish(), initContainers: z.array(JobContainer).nullish() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
  status: z
    .object({
      completionTime: text,
      conditions: z
        .array(z.object({ type: z.string(), status: text, reason: text, lastTransitionTime: text }))
        .nullish(),
    })
    .nullish(),
});
export type Job = z.infer<typeof Job>;
