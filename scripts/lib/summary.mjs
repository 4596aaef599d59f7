// Adds up what ran: one JSON line a part, into the file that PULLCHECK_SUMMARY names.
import { appendFileSync } from 'node:fs';

/** What passed and failed in one part. */
export function report({ passed, failed }) {
  if (process.env.PULLCHECK_SUMMARY)
    appendFileSync(process.env.PULLCHECK_SUMMARY, `${JSON.stringify({ passed, failed })}\n`);
}
