/**
 * A worker as its own process that pages over a real Redis, to be killed. Arguments: Redis, namespace, address of the pager, where to
 * hang: `before-sending` (the page is claimed), `after-sending` (the pager has it, the ledger does not know) or `never`.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { createPagerDuty } from '../../src/adapters/pager/pagerduty.ts';
import { connectRedis } from '../../src/adapters/redis/connect.ts';
import { randomId, systemClock } from '../../src/clock.ts';
import { UnreachableError } from '../../src/errors.ts';
import { createDue } from '../../src/flow/due.ts';
import { DEFAULT_ESCALATION, type IncidentDeps } from '../../src/flow/incident-deps.ts';
import { createSweep, runSweeper } from '../../src/flow/sweep.ts';
import type { Pager } from '../../src/incident/ports.ts';
import { Sealed } from '../../src/sealed.ts';
import { fakeSlack } from '../support/fake-people.ts';

const [url = '', namespace = '', pagerUrl = '', hang = 'never'] = process.argv.slice(2);
const stores = await connectRedis(url, { namespace });
const events = createPagerDuty({ url: pagerUrl, routingKey: new Sealed('0'.repeat(32)) });

async function hangHere(): Promise<void> {
  process.stdout.write('hanging\n');
  await delay(600_000);
}

const pager: Pager = {
  ...events,
  trigger: async (page) => {
    if (hang === 'before-sending') await hangHere();
    await events.trigger(page);
    if (hang === 'after-sending') await hangHere();
  },
};

const away = async (): Promise<never> => {
  throw new UnreachableError({ code: 'cluster-unreachable', message: 'no cluster in this test', retryable: true });
};
const deps: IncidentDeps = {
  store: stores.incidents,
  inquiries: stores.inquiries,
  claims: stores.claims,
  queue: stores.queue,
  audit: stores.audit,
  announcer: fakeSlack(),
  pager,
  diagnose: away,
  scope: away,
  familyOf: () => null,
  registryOf: () => undefined,
  offerActions: async () => [],
  runbooks: [],
  defaultCluster: 'prod',
  escalation: DEFAULT_ESCALATION,
  clock: systemClock,
  ids: randomId,
  report: () => undefined,
};
const due = createDue(deps);
const nothing = async (): Promise<void> => undefined;
stores.work(
  {
    'first-look': nothing,
    diagnose: nothing,
    due: async (job) => due(job.incident),
    inquire: nothing,
    remediate: nothing,
    verify: nothing,
  },
  { concurrency: 4 },
);
void runSweeper(createSweep(deps, due), deps, new AbortController().signal);
process.stdout.write('ready\n');
