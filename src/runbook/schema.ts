/** A runbook file as people write it. Strict: a misspelt key is an error, not a setting that silently does nothing. */
import { z } from 'zod';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

const Id = z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, 'use lower-case words joined by "-"');
const Sentence = z.string().trim().min(1).max(500);

/** `90s`, `20m`, `1h` -> ms. */
const Duration = z
  .string()
  .regex(/^[1-9]\d{0,5}[smh]$/, 'write a duration like 90s, 20m or 1h')
  .transform((text) => Number(text.slice(0, -1)) * (UNIT_MS[text.slice(-1)] ?? 0));

/** What may stand in the braces of an escalation sentence. */
const PLACEHOLDERS = ['cluster', 'namespace', 'workload', 'image', 'registry', 'cause'] as const;

const Say = Sentence.superRefine((text, context) => {
  for (const [, name = ''] of text.matchAll(/\{([^{}]*)\}/g)) {
    if (!(PLACEHOLDERS as readonly string[]).includes(name)) {
      const known = PLACEHOLDERS.map((word) => `{${word}}`).join(', ');
      context.addIssue({ code: 'custom', message: `{${name}} is not known here; use ${known}` });
    }
  }
});

const Step = z.strictObject({ id: Id, ask: Sentence, check: Id });

const Escalation = z.strictObject({
  when: z.enum(['unresolved', 'registry-down', 'scope-expanding']),
  after: Duration.optional(),
  say: Say,
});

/** The file's shape; `load.ts` turns it into a Runbook. */
export const RunbookFile = z.strictObject({
  runbook: Id,
  title: Sentence,
  url: z.url({ protocol: /^https?$/ }).optional(),
  trigger: z.strictObject({
    alerts: z.array(z.string().min(1)).default([]),
    reasons: z.array(z.string().min(1)).default([]),
  }),
  steps: z.array(Step).min(1).max(40),
  offer: z.record(Id, z.array(Id)).default({}),
  clocks: z.strictObject({ acknowledgeAfter: Duration.optional(), resolveAfter: Duration.optional() }).default({}),
  escalate: z.array(Escalation).default([]),
});
export type RunbookFile = z.infer<typeof RunbookFile>;
