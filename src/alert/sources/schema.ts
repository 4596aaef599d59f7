/** Alertmanager's webhook payload, version 4 (notify/webhook/webhook.go and template/template.go). Non-strict: new fields appear. */
import { z } from 'zod';

const Labels = z.record(z.string().max(256), z.string());

export const AlertmanagerAlert = z.object({
  status: z.enum(['firing', 'resolved']),
  labels: Labels,
  annotations: Labels.nullish(),
  startsAt: z.string().max(64),
  /** `0001-01-01T00:00:00Z` while open. */
  endsAt: z.string().max(64).nullish(),
  generatorURL: z.string().nullish(),
  /** Hash of the label set, 16 hex digits. */
  fingerprint: z.string().min(1).max(128),
});

/** The alerts are read one by one, so that a bad one does not lose the others. */
export const AlertmanagerPayload = z.object({
  version: z.literal('4'),
  status: z.enum(['firing', 'resolved']).optional(),
  truncatedAlerts: z.number().int().nonnegative().nullish(),
  alerts: z.array(z.unknown()),
});
