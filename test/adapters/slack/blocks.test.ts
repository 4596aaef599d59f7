/** What people see: the same JSON as in test/golden, within Slack's limits for any diagnosis, and without a mention that we did not mean. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { actionCard } from '../../../src/adapters/slack/blocks/action.ts';
import { credentialsTable } from '../../../src/adapters/slack/blocks/credentials.ts';
import { escalation } from '../../../src/adapters/slack/blocks/escalation.ts';
import { clampEscaped, code, escaped } from '../../../src/adapters/slack/blocks/escape.ts';
import { findings } from '../../../src/adapters/slack/blocks/findings.ts';
import { help } from '../../../src/adapters/slack/blocks/help.ts';
import { incidentRoot } from '../../../src/adapters/slack/blocks/incident-root.ts';
import { inquiryRoot } from '../../../src/adapters/slack/blocks/inquiry-root.ts';
import type { Message } from '../../../src/adapters/slack/blocks/parts.ts';
import { asPlain } from '../../../src/adapters/slack/blocks/plain.ts';
import { reply } from '../../../src/adapters/slack/blocks/reply.ts';
import { runPlan, runSections } from '../../../src/adapters/slack/blocks/run.ts';
import { scopeTable } from '../../../src/adapters/slack/blocks/scope.ts';
import { previewView } from '../../../src/adapters/slack/views/remedy-view.ts';
import type { EscalationNotice } from '../../../src/incident/ports.ts';
import { blocksError, viewError } from '../../support/fake-slack/validate.ts';
import { ANN, START } from './bed.ts';
import { aCredentials, aDiagnosis, anAction, anIncident, anInquiry, aPreflight, aRun, aScope } from './samples.ts';

const CLOCKS = { acknowledgeAfterMs: 300_000, resolveAfterMs: 1_200_000 };
const NOBODY = new Map<string, string>();
const NOTICE: EscalationNotice = {
  key: 'p',
  sentence: 'Container registry pull failure blocking deployments in staging.',
  severity: 'P1',
  facts: ['tag v1.4.2 is missing'],
  pageState: 'sent',
};

const MESSAGES: Readonly<Record<string, () => Message>> = {
  'incident-triggered': () => incidentRoot(anIncident(), CLOCKS, NOBODY),
  'incident-resolved': () =>
    incidentRoot(
      anIncident({
        status: 'resolved',
        acknowledged: { by: ANN, at: START + 60_000 },
        resolved: { by: ANN, reason: 'tag pushed', at: START + 90_000 },
      }),
      CLOCKS,
      new Map([[ANN, '@ann']]),
    ),
  'inquiry-done': () => inquiryRoot(anInquiry({ diagnosis: aDiagnosis() }), '@ann'),
  'run-plan': () => runPlan(aRun()),
  'run-sections': () => runSections(aRun()),
  findings: () => findings(aDiagnosis()),
  'findings-text': () => asPlain(findings(aDiagnosis())),
  'findings-preflight': () => findings(aPreflight()),
  'inquiry-preflight': () =>
    inquiryRoot(
      anInquiry({ request: { verb: 'image', image: 'nginx:1', namespace: 'staging' }, diagnosis: aPreflight() }),
      '@ann',
    ),
  credentials: () => credentialsTable(aCredentials()),
  'inquiry-credentials': () =>
    inquiryRoot(
      anInquiry({
        request: { verb: 'credentials', image: 'nginx:1', namespace: 'staging' },
        credentials: aCredentials(),
      }),
      '@ann',
    ),
  scope: () => scopeTable(aScope(), START),
  'action-offered': () => actionCard(anAction()),
  'action-done': () => actionCard(anAction({ state: 'done' }), 'All 3 pods run.'),
  escalation: () => escalation(NOTICE, { users: [ANN], userGroup: 'S0ONCALL0' }, false),
  help,
};

/** GOLDEN=write draws them anew; the difference is read in review. */
function golden(name: string, drawn: Message): unknown {
  const file = `test/golden/blocks/${name}.json`;
  if (process.env['GOLDEN'] === 'write' || (!existsSync(file) && process.env['CI'] !== 'true')) {
    mkdirSync('test/golden/blocks', { recursive: true });
    writeFileSync(file, `${JSON.stringify(drawn, null, 2)}\n`);
  }
  return JSON.parse(readFileSync(file, 'utf8'));
}

function expectFits(message: Message): void {
  expect(blocksError((message.blocks ?? []) as never, new Set())).toBeUndefined();
  expect(message.text.length).toBeGreaterThan(0);
  expect(message.text.length).toBeLessThanOrEqual(4000);
}

describe('messages', () => {
  it.each(Object.entries(MESSAGES))('%s looks as agreed and fits', (name, draw) => {
    const message = draw();
    expect(JSON.parse(JSON.stringify(message))).toEqual(golden(name, message));
    expectFits(message);
  });
});

const hostile = fc.oneof(
  fc.string({ maxLength: 5000, unit: 'binary' }),
  fc.constantFrom(
    '<!channel>',
    '<@U0ANN0000>',
    '@here',
    '```',
    '<https://evil|click>',
    '\u202egnp.exe',
    '&'.repeat(4000),
    '&lt;!channel&gt;',
    '',
  ),
);
const few = fc.array(hostile, { maxLength: 40 });

const anyDiagnosis = fc
  .record({ a: hostile, b: hostile, list: few, count: fc.integer({ min: 0, max: 60 }) })
  .map(({ a, b, list, count }) => {
    const plain = aDiagnosis();
    const finding = {
      cause: 'tag-not-found',
      confidence: 'possible',
      pod: a,
      container: b,
      image: a,
      summary: b,
      because: list,
      detail: { [a]: b, nearest: list, chain: list, diff: list, run: 'https://github.com/a/b' },
    } as const;
    return aDiagnosis({
      target: { cluster: a, namespace: b, kind: 'Pod', name: a },
      verdict: {
        cause: plain.verdict.cause,
        confidence: plain.verdict.confidence,
        severity: plain.verdict.severity,
        alternatives: plain.verdict.alternatives,
        summary: a,
        ...(count % 2 === 0 ? {} : { told: { what: a, where: b, since: a, act: b, owner: a, notes: list } }),
      },
      lightNotes: { reference: a, credentials: b, reachability: a },
      findings: Array.from({ length: count }, () => finding),
      ruledOut: list.map((text) => ({ cause: 'dns-failure' as const, because: [text] })),
      steps: Array.from({ length: count }, (_, at) => ({
        id: `${at}${a}`,
        title: b,
        status: 'failed' as const,
        summary: a,
        command: b,
        durationMs: 1,
      })),
      remedies: list.map((text) => ({ id: text, title: text, risk: 'reversible' as const, command: text, params: {} })),
      gaps: list,
    });
  });

/** Every way in which Slack would call somebody, in a drawn message. */
function mentions(message: unknown): readonly string[] {
  return [...JSON.stringify(message).matchAll(/<[!@#](?!date\^)[^>]*>|@(?:channel|here|everyone)\b/g)].map(
    (match) => match[0],
  );
}

describe('whatever is found', () => {
  it('fits into Slack and calls nobody', () => {
    fc.assert(
      fc.property(anyDiagnosis, (diagnosis) => {
        const incident = anIncident({
          diagnosis,
          subject: {
            cluster: diagnosis.target.cluster,
            namespace: diagnosis.target.namespace,
            target: { kind: 'Pod', name: diagnosis.target.name },
          },
        });
        const steps = diagnosis.steps.map((step) => ({
          id: step.id,
          title: step.title,
          status: step.status,
          summary: step.summary,
          command: '',
        }));
        const run = aRun({ title: diagnosis.target.name, steps });
        const drawn = [
          findings(diagnosis),
          incidentRoot(incident, CLOCKS, NOBODY),
          inquiryRoot(anInquiry({ diagnosis }), diagnosis.target.name),
          runSections(run),
          actionCard(anAction({ title: diagnosis.target.name, target: diagnosis.target }), diagnosis.verdict.summary),
          reply(diagnosis.verdict.summary || 'x', NOBODY),
          scopeTable(aScope({ cluster: diagnosis.target.cluster || 'c', gaps: diagnosis.gaps }), START),
          scopeTable(
            aScope({ items: aScope().items.map((item) => ({ ...item, namespace: diagnosis.target.name })) }),
            START,
          ),
        ];
        for (const message of drawn) {
          expectFits(message);
          expectFits(asPlain(message));
          expect(mentions(message)).toEqual([]);
        }
        expectFits(runPlan(run));
      }),
      { numRuns: 100 },
    );
  });

  it('fits into the confirm window', () => {
    fc.assert(
      fc.property(hostile, few, (text, list) => {
        const action = anAction({ title: text });
        const view = previewView(
          { kind: 'confirm', action, plan: { diff: list, consequences: list }, warnings: list },
          'where:C1:',
        );
        expect(viewError(JSON.parse(JSON.stringify(view)))).toBeUndefined();
        expect(mentions(view)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});

describe('each thing once', () => {
  it('equal findings of several containers are one section, and no fact stands twice', () => {
    const [first] = aDiagnosis().findings;
    if (first === undefined) throw new Error('the sample has a finding');
    const pods = ['api-1', 'api-2', 'api-3'].map((pod) => ({ ...first, pod }));
    const hidden = { ...first, cause: 'ci-silent-fallback' as const, detail: { tag: 'v1.4.2', script: 'deploy.sh' } };
    const { text } = asPlain(findings(aDiagnosis({ findings: [...pods, hidden], steps: [], remedies: [] })));
    expect(text).toContain('pod `api-1`, container `app`; `api-2`, container `app`; `api-3`, container `app`');
    expect(text.match(/\bv1\.4\.2\b/g)).toHaveLength(1);
    expect(text).toContain('script `deploy.sh`');
  });

  it('the root says what to do in bold, and a light says nothing that the verdict said', () => {
    const { text } = asPlain(incidentRoot(anIncident(), CLOCKS, NOBODY));
    expect(text).toContain('_To do:_ *Deploy v1.4.1, which exists.* Push the tag afterwards.');
    expect(text).toContain(
      '_Where:_ api-service-7d9f-abcde, container app · 3 pods · waiting since 2026-01-01 00:00 UTC',
    );
    expect(text.match(/no tag v1\.4\.2/g)).toHaveLength(1);
  });

  it('a link of the chain is whole, and only the code host that was asked is linked', () => {
    const [first] = aDiagnosis().findings;
    if (first === undefined) throw new Error('the sample has a finding');
    const chain = [
      'deploy.yml:9 job deploy reads it: https://github.com/a/b/blob/0a/deploy|<x>.yml#L9',
      'a log that says: https://evil.example/a#L9',
    ];
    const told = { ...first, detail: { run: 'https://github.com/a/b/actions/runs/1', chain } };
    const { text } = asPlain(findings(aDiagnosis({ findings: [told] })));
    expect(text).toContain(
      '1. deploy.yml:9 job deploy reads it (<https://github.com/a/b/blob/0a/deploy%7C%3Cx%3E.yml#L9|line 9>)',
    );
    expect(text).not.toContain('<https://evil');
  });
});

describe('escaping', () => {
  it.each([
    ['failed', 'did NOT take the page'],
    ['unconfirmed', 'not known whether the pager took the page'],
  ] as const)('says only what is known of a page: %s', (pageState, words) => {
    const { blocks } = escalation({ ...NOTICE, pageState }, { users: [ANN] }, false);
    expect(JSON.stringify(blocks)).toContain(words);
  });

  it('mentions people only in an escalation, and only those who are configured', () => {
    const hostileNotice = { ...NOTICE, sentence: '<!channel> <@U0EVE0000>', facts: ['<!here>'] };
    const drawn = escalation(hostileNotice, { users: [ANN, 'eve> <!channel'], userGroup: 'S0ONCALL0' }, false);
    expect([...new Set(mentions(drawn))]).toEqual(['<!subteam^S0ONCALL0>', `<@${ANN}>`]);
  });

  it('keeps code spans closed and hidden characters out', () => {
    expect(code('a`b\u202ec\n<d>')).toBe("`a'bc &lt;d&gt;`");
    expect(escaped('a\u0000\u200bb')).toBe('ab');
  });

  it('never cuts an entity in two', () => {
    for (let max = 3; max < 20; max += 1) {
      const cut = clampEscaped(escaped('a<<<<<<<<'), max);
      expect(cut.length).toBeLessThanOrEqual(max);
      expect(cut.replace(/&lt;/g, '')).not.toContain('&');
    }
  });

  it('links an address in a reply as it stands, without the stop behind it', () => {
    const { blocks } = reply(
      'pull request https://github.com/a/b/pull/1 is open, see (https://x.example/y?a=1&b=2).',
      NOBODY,
    );
    expect(JSON.stringify(blocks)).toContain(
      '<https://github.com/a/b/pull/1> is open, see (<https://x.example/y?a=1&amp;b=2>).',
    );
  });

  it('shows who did something by name, without calling them', () => {
    expect(reply(`<@${ANN}> restarted it`, new Map([[ANN, '@ann']])).text).toBe('@ann restarted it');
  });
});
