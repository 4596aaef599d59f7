/** Slack and a pager that can be broken, for incident stories. */
import type { Diagnosis } from '../../src/diagnosis/diagnosis.ts';
import { PagerError, SlackError } from '../../src/errors.ts';
import type { Scope } from '../../src/evidence/scope.ts';
import type { CredentialsView } from '../../src/image/credentials-view.ts';
import type { Incident } from '../../src/incident/incident.ts';
import type { Announcer, EscalationNotice, PageRequest, Pager } from '../../src/incident/ports.ts';

/** A pager with PagerDuty's dedup rules. */
export interface FakePager extends Pager {
  /** What people got, oldest first: one a key while it is open. */
  pages(): readonly { readonly page: PageRequest; readonly state: 'open' | 'acknowledged' | 'resolved' }[];
  /** Keys of all triggers that reached it, also of those that failed. */
  readonly triggers: string[];
  /** How the next triggers go wrong. */
  readonly faults: ('429' | '400' | 'lost-answer' | 'hang')[];
}

/** Works until `faults` says otherwise. */
export function fakePager(): FakePager {
  const pages: { page: PageRequest; state: 'open' | 'acknowledged' | 'resolved' }[] = [];
  const triggers: string[] = [];
  const faults: FakePager['faults'] = [];
  function accept(page: PageRequest): void {
    if (!pages.some((open) => open.page.dedupKey === page.dedupKey && open.state !== 'resolved')) {
      pages.push({ page, state: 'open' });
    }
  }
  return {
    name: 'PagerDuty',
    pages: () => pages,
    triggers,
    faults,
    trigger: async (page) => {
      triggers.push(page.dedupKey);
      const fault = faults.shift();
      if (fault === 'hang') return new Promise(() => undefined);
      if (fault === 'lost-answer') accept(page);
      if (fault) {
        const retryable = fault !== '400';
        const code = { 'lost-answer': 'pager-unconfirmed', '400': 'pager-refused', '429': 'pager-unavailable' }[fault];
        throw new PagerError({ code, message: `PagerDuty failed: ${fault}`, retryable });
      }
      accept(page);
    },
    acknowledge: async (key) => {
      for (const open of pages) if (open.page.dedupKey === key && open.state === 'open') open.state = 'acknowledged';
    },
    resolve: async (key) => {
      for (const open of pages) if (open.page.dedupKey === key) open.state = 'resolved';
    },
  };
}

/** What people see in Slack. */
export interface FakeSlack extends Announcer {
  down: boolean;
  readonly roots: Map<string, Incident>;
  readonly replies: Map<string, string>;
  readonly escalations: Map<string, EscalationNotice>;
  readonly findings: Map<string, Diagnosis>;
  readonly scopes: Map<string, Scope>;
  readonly credentials: Map<string, CredentialsView>;
  readonly runs: { readonly run: string; readonly done: boolean }[];
  readonly inquiries: string[];
}

/** Remembers the latest of every key. */
export function fakeSlack(): FakeSlack {
  const slack: FakeSlack = {
    down: false,
    roots: new Map(),
    replies: new Map(),
    escalations: new Map(),
    findings: new Map(),
    scopes: new Map(),
    credentials: new Map(),
    runs: [],
    inquiries: [],
    openIncident: async (incident) => {
      up();
      slack.roots.set(incident.id, incident);
      return { channel: 'C0INCIDENTS', ts: `ts-${incident.id}` };
    },
    refreshIncident: async (incident) => {
      up();
      slack.roots.set(incident.id, incident);
    },
    openInquiry: async (inquiry) => {
      up();
      slack.inquiries.push(inquiry.id);
      return { channel: inquiry.channel, ts: `ts-${inquiry.id}` };
    },
    refreshInquiry: async () => up(),
    showRun: async (_thread, { run, done }) => {
      up();
      slack.runs.push({ run, done });
    },
    showFindings: async (_thread, key, diagnosis) => {
      up();
      slack.findings.set(key, diagnosis);
    },
    showScope: async (_thread, key, scope) => {
      up();
      slack.scopes.set(key, scope);
    },
    showCredentials: async (_thread, key, view) => {
      up();
      slack.credentials.set(key, view);
    },
    reply: async (_thread, key, text) => {
      up();
      if (!slack.replies.has(key)) slack.replies.set(key, text);
    },
    escalate: async (_thread, notice) => {
      up();
      if (!slack.escalations.has(notice.key)) slack.escalations.set(notice.key, notice);
    },
    settleAction: async () => up(),
    whisper: async () => up(),
  };
  function up(): void {
    if (slack.down) throw new SlackError({ code: 'slack-unavailable', message: 'Slack is down', retryable: true });
  }
  return slack;
}
