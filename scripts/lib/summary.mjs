// Adds up what ran: one JSON line a part, into the file that PULLCHECK_SUMMARY names.
import { appendFileSync } from 'node:fs';

/** `{ passed, failed }` of one part. */
export function report(counts) {
  if (process.env.PULLCHECK_SUMMARY) appendFileSync(process.env.PULLCHECK_SUMMARY, `${JSON.stringify(counts)}\n`);
}
