/**
 * A worker as its own process, to be killed. The job's non-idempotent part (one line in a file) stands behind the outbox, as posting does.
 * Arguments: url, namespace, file, where to hang: `before`, `after` or `never`.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { connectRedis } from '../../../src/adapters/redis/connect.ts';
import type { Job, JobHandlers } from '../../../src/incident/job.ts';

const [url = '', namespace = '', file = '', hang = 'never'] = process.argv.slice(2);
const stores = await connectRedis(url, { namespace });
const fence = String(process.pid);

async function post(job: Job): Promise<void> {
  const key = `post:${JSON.stringify(job)}`;
  if (hang === 'before') await hangHere();
  const claim = await stores.outbox.claim(key, fence, 1000);
  if (claim.kind === 'send') {
    appendFileSync(file, 'posted\n');
    await stores.outbox.sent(key, fence, { channel: 'C1', ts: '1.2' });
  }
  if (hang === 'after') await hangHere();
  appendFileSync(`${file}.done`, 'done\n');
}

async function hangHere(): Promise<void> {
  process.stdout.write('hanging\n');
  await delay(600_000);
}

const handlers: JobHandlers = {
  'first-look': post,
  diagnose: post,
  due: post,
  inquire: post,
  remediate: post,
  verify: post,
};
stores.work(handlers, { concurrency: 1 });
process.stdout.write('ready\n');
