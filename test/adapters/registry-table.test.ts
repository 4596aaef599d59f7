/** The experiment as people see it: the way, and one small table of credential, token and manifest; in the thread and at the terminal. */
import { describe, expect, it } from '@jest/globals';
import { findings } from '../../src/adapters/slack/blocks/findings.ts';
import { asPlain } from '../../src/adapters/slack/blocks/plain.ts';
import { renderDiagnosis } from '../../src/adapters/terminal/render-diagnosis.ts';
import { createStyle } from '../../src/adapters/terminal/style.ts';
import type { Diagnosis, RegistryReport } from '../../src/diagnosis/diagnosis.ts';
import { aDiagnosis } from './slack/samples.ts';

const IMAGE = 'ghcr.io/acme/api-service:v1.4.2';
const report: RegistryReport = {
  image: IMAGE,
  host: 'ghcr.io',
  way: [
    { step: 'dns', host: 'ghcr.io', state: 'reached', ms: 3, fact: '192.0.2.7' },
    { step: 'tcp', host: 'ghcr.io', state: 'reached', ms: 12, fact: '' },
    { step: 'tls', host: 'ghcr.io', state: 'reached', ms: 31, fact: 'TLSv1.3' },
    { step: '/v2/', host: 'ghcr.io', state: 'reached', ms: 20, fact: '401' },
    { step: 'token', host: 'token.ghcr.io', state: 'failed', ms: 9, fact: 'no <answer>' },
    { step: 'manifest', host: 'ghcr.io', state: 'not-tried', fact: '' },
  ],
  asked: [
    { credential: 'anonymous', token: '401', manifest: '-', means: 'login wanted' },
    {
      credential: 'user robot (secret/regcred, entry ghcr.io)',
      token: '200 granting [pull]',
      manifest: '404',
      means: 'not there (404)',
    },
  ],
};

function shown(diagnosis: Diagnosis): { readonly thread: string; readonly terminal: string } {
  const thread = asPlain(findings(diagnosis)).text;
  return { thread, terminal: renderDiagnosis(diagnosis, createStyle(false)) };
}

const ROWS = [
  'anonymous                                   401                  -         login wanted',
  'user robot (secret/regcred, entry ghcr.io)  200 granting [pull]  404       not there (404)',
];
/** Wider than a message: Slack would break such a row in the middle, so the credential has a line of its own. */
const NARROW = [
  'anonymous\n  401                  -         login wanted\n',
  'user robot (secret/regcred, entry ghcr.io)\n  200 granting [pull]  404       not there (404)\n',
];
const WAY =
  'dns 3 ms ok (192.0.2.7) · tcp 12 ms ok · tls 31 ms ok (TLSv1.3) · /v2/ 401 in 20 ms · token token.ghcr.io failed after 9 ms: ';

describe('what the registry answered', () => {
  it('stands in the thread and at the terminal as one table, with the way before it', () => {
    const { thread, terminal } = shown(aDiagnosis({ registries: [report] }));
    for (const row of ROWS) expect(terminal).toContain(`  ${row}`);
    for (const row of NARROW) expect(thread).toContain(row);
    expect(thread).toContain(`*Asked of ghcr.io, from here*\n${WAY}no &lt;answer&gt;\n`);
    expect(terminal).toContain(`Asked of ghcr.io, from here\n  ${WAY}no <answer>\n  CREDENTIAL `);
  });

  it('keeps a row on one line in the thread where it fits', () => {
    const short = report.asked.map((row) => ({ ...row, credential: row.credential.replace(/ .*/, '') }));
    const { thread } = shown(aDiagnosis({ registries: [{ ...report, asked: short }] }));
    expect(thread).toContain('\nanonymous   401                  -         login wanted\n');
  });

  it('is left out where the registry has nothing to do with the fault', () => {
    const [finding] = aDiagnosis().findings;
    const crash = { ...aDiagnosis().verdict, cause: 'container-crashing' as const };
    for (const diagnosis of [
      aDiagnosis({ registries: [report], verdict: crash, findings: [{ ...finding!, cause: 'container-crashing' }] }),
      aDiagnosis({ registries: [report], verdict: { ...crash, cause: 'healthy' }, findings: [] }),
      aDiagnosis({ registries: [{ ...report, image: 'docker.io/library/sidecar:1' }] }),
    ]) {
      const { thread, terminal } = shown(diagnosis);
      expect(thread).not.toContain('Asked of');
      expect(terminal).not.toContain('Asked of');
    }
  });

  it('never breaks out of its fence, however long or odd a name is', () => {
    const odd = { ...report.asked[0]!, credential: `user \`\`\`<!channel>${'x'.repeat(5000)} (secret/a\nb)` };
    const { thread } = shown(aDiagnosis({ registries: [{ ...report, asked: [odd] }] }));
    expect(thread).not.toContain('<!channel>');
    expect(thread.match(/```/g)?.length ?? 0).toBe(6);
  });
});
