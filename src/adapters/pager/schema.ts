/** PagerDuty Events API v2 answers. */
import { z } from 'zod';

/** 400: what it does not like. Parsed leniently; only texts are used. */
const Refusal = z.object({ message: z.string().optional(), errors: z.array(z.string()).optional() });

/** 202. Services that speak the same protocol may leave fields out; none says anything but success. */
const Confirmation = z.object({ status: z.literal('success').optional() });

/** The service itself says that it took the event; an empty body leaves that to the status. */
export function isConfirmation(body: string): boolean {
  return body.trim() === '' || Confirmation.safeParse(json(body)).success;
}

/** The reasons in a 400's body, at most 300 characters; empty when the body says nothing readable. */
export function refusalReasons(body: string): string {
  const parsed = Refusal.safeParse(json(body));
  if (!parsed.success) return '';
  const { message, errors } = parsed.data;
  return [message, ...(errors ?? [])]
    .filter((part) => part !== undefined)
    .join('; ')
    .slice(0, 300);
}

function json(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
