/** The program over any stores and any outside: use cases, announcer, job handlers. `serve`, `worker` and the demo start from here. */
import type { SlackConnection } from '../adapters/slack/clients.ts';
import { createSlackVoice, type SlackVoice } from '../adapters/slack/voice.ts';
import type { Clock, IdSource } from '../clock.ts';
import type { Config } from '../config/config.ts';
import { makeCarryOut } from '../flow/carry-out.ts';
import { createDue } from '../flow/due.ts';
import { familyOf } from '../flow/family.ts';
import { createFirstLook } from '../flow/first-look.ts';
import { type IncidentDeps, policyFor } from '../flow/incident-deps.ts';
import { createInquire, createRunInquiry } from '../flow/inquire.ts';
import { guardReading } from '../flow/may-read.ts';
import { makeOfferActions } from '../flow/offer-actions.ts';
import { createPressIncident } from '../flow/press-incident.ts';
import { createPressInquiry } from '../flow/press-inquiry.ts';
import { createReceiveAlerts } from '../flow/receive-alerts.ts';
import { makeRemedyUseCases, type RemediateDeps } from '../flow/remediate.ts';
import { createRunIncident } from '../flow/run-incident.ts';
import type { Stores } from '../flow/stores.ts';
import { createSweep, type Sweep } from '../flow/sweep.ts';
import { tellIncident } from '../flow/tell-incident.ts';
import type { ReceiveAlertsUseCase, SlackUseCases } from '../flow/use-cases.ts';
import { parseReference } from '../image/reference.ts';
import type { JobHandlers } from '../incident/job.ts';
import type { Pager } from '../incident/ports.ts';
import { REMEDIES } from '../remediation/remedies/index.ts';
import { matchesGlob } from '../target/glob.ts';
import { type DiagnosisParts, wireDiagnosis } from './diagnosis.ts';
import type { Outside } from './outside.ts';
import { makePresser } from './presser.ts';
import { countedDiagnose, countedPager, countedReceive, countedSlack, type Telemetry } from './telemetry.ts';

export interface ProgramParts {
  readonly config: Config;
  readonly stores: Stores;
  readonly outside: Outside;
  readonly connection: SlackConnection;
  /** Absent: nobody is paged, escalation is said in Slack only. */
  readonly pager?: Pager;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly newId: IdSource;
}

export interface Program {
  readonly voice: SlackVoice;
  readonly useCases: SlackUseCases;
  readonly receive: ReceiveAlertsUseCase;
  readonly handlers: JobHandlers;
  readonly sweep: Sweep;
}

export function wireProgram(parts: ProgramParts): Program {
  const { config, stores, outside, telemetry, clock, newId } = parts;
  const { file } = config;
  const diagnosis = wireDiagnosis(config, outside, clock, stores.causes);
  const diagnose = countedDiagnose(diagnosis.diagnose, telemetry.metrics);
  const escalation = {
    acknowledgeAfterMs: file.escalation.acknowledgeAfter,
    resolveAfterMs: file.escalation.resolveAfter,
  };
  const pager = parts.pager ? { pager: countedPager(parts.pager, telemetry.metrics) } : {};
  const clocks = { runbooks: diagnosis.runbooks, escalation, ...pager };
  const voice = createSlackVoice({
    connection: countedSlack(parts.connection, telemetry.metrics),
    outbox: stores.outbox,
    limiter: stores.limiter,
    clock,
    newId,
    blocks: file.slack.blocks,
    channelFor: (namespace) =>
      file.slack.routes.find(({ match }) => namespace !== undefined && matchesGlob(match.namespace, namespace))
        ?.channel ?? file.slack.channel,
    oncall: { users: file.oncall.users, ...(file.oncall.userGroup ? { userGroup: file.oncall.userGroup } : {}) },
    clocksFor: (incident) => policyFor(clocks, incident),
  });
  const presser = makePresser(voice, file.access.press.userGroups);
  const deps: IncidentDeps = {
    ...clocks,
    store: stores.incidents,
    inquiries: stores.inquiries,
    claims: stores.claims,
    queue: stores.queue,
    announcer: voice.announcer,
    audit: stores.audit,
    diagnose,
    scope: diagnosis.scope,
    familyOf,
    registryOf,
    offerActions: makeOfferActions({ actions: stores.actions, newId, now: async () => stores.incidents.time() }),
    mayPress: async (actor) => {
      const { outsider } = await presser(actor);
      return outsider ? `Buttons are not for ${outsider}.` : undefined;
    },
    defaultCluster: outside.defaultCluster,
    clock,
    ids: newId,
    report: telemetry.report,
  };
  const remediation: RemediateDeps = {
    clock,
    actions: stores.actions,
    audit: stores.audit,
    claims: stores.claims,
    queue: stores.queue,
    announcer: voice.announcer,
    remedies: REMEDIES,
    policy: { ...file.access.press, production: file.access.production },
    presser,
    ports: (cluster) => outside.remedyPorts(cluster),
    threadLink: (thread) => voice.linkTo(thread),
    diagnose,
    scope: diagnosis.scope,
    tell: tellIncident(deps),
  };
  const due = createDue(deps);
  return {
    voice,
    useCases: {
      inquire: guardReading(createInquire(deps), file.access.read),
      pressIncident: createPressIncident(deps),
      pressInquiry: createPressInquiry(deps),
      remedy: makeRemedyUseCases(remediation),
    },
    receive: countedReceive(createReceiveAlerts(deps), telemetry.metrics),
    handlers: handlersOf({ ...deps, diagnose: diagnosis.quickLook }, { ...deps, ...diagnosis, diagnose }, remediation),
    sweep: createSweep(deps, due),
  };
}

function handlersOf(
  quick: IncidentDeps,
  deps: IncidentDeps & Pick<DiagnosisParts, 'preflight' | 'credentials'>,
  remediation: RemediateDeps,
): JobHandlers {
  const firstLook = createFirstLook(quick);
  const runIncident = createRunIncident(deps);
  const runInquiry = createRunInquiry(deps);
  const due = createDue(deps);
  const carryOut = makeCarryOut(remediation);
  return {
    'first-look': async (job) => firstLook(job.incident),
    diagnose: async (job, run) => runIncident(job.incident, job.run, run.signal),
    due: async (job) => due(job.incident),
    inquire: async (job, run) => runInquiry(job.inquiry, run.signal),
    remediate: async (job, run) => carryOut.remediate(job.action, run.attempt),
    verify: async (job) => carryOut.verify(job.action, job.attempt),
  };
}

function registryOf(image: string): string | undefined {
  const parsed = parseReference(image);
  return parsed.ok ? parsed.reference.registry : undefined;
}
