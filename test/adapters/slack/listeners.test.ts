/** People and the bot: commands, mentions, buttons, the confirm window. */
import { describe, expect, it } from '@jest/globals';
import { RemedyError } from '../../../src/errors.ts';
import type { InquireUseCase, PressIncidentUseCase, RemedyPreview } from '../../../src/flow/use-cases.ts';
import { ALERTS, ANN, createBed } from './bed.ts';
import { aDiagnosis, anAction, anIncident, anInquiry } from './samples.ts';

type Inquired = Parameters<InquireUseCase>[0];

describe('/pullcheck', () => {
  it('acks, says that it looks, and asks once even when delivered twice', async () => {
    const bed = createBed();
    const asked: Inquired[] = [];
    await bed.app({ inquire: async (input) => void asked.push(input) });
    const ann = bed.slack.user(ANN);
    const gesture = await ann.runs('/pullcheck pod api-service -n staging', { channel: ALERTS });
    await bed.slack.deliver(gesture.body);
    expect(gesture.acked).toBe(true);
    expect(asked.map((one) => one.request)).toEqual([
      { verb: 'pod', target: { name: 'api-service', namespace: 'staging' } },
    ]);
    expect(asked[0]?.actor).toEqual({ user: ANN, team: bed.slack.workspace.team, channel: ALERTS });
    expect(ann.whispers()[0]?.text).toContain('Looking at api-service in staging');
  });

  it('answers privately with /invite where the bot is no member, and queues nothing', async () => {
    const bed = createBed();
    bed.slack.addChannel('C0OTHER00', [ANN], { bot: false });
    await bed.app({});
    const ann = bed.slack.user(ANN);
    await ann.runs('/pullcheck scope -A', { channel: 'C0OTHER00' });
    expect(ann.whispers().map((one) => one.text)).toEqual([expect.stringContaining('`/invite @pullcheck`')]);
  });

  it.each([
    ['help', '/pullcheck scope -A'],
    ['frobnicate', 'I do not know the command `frobnicate`'],
    ['pod api --kubeconfig /etc/x', 'choose a file, a cluster or an identity'],
    ['pod api -f creds.yaml', 'choose a file, a cluster or an identity'],
  ])('%s is answered for the person alone', async (words, answer) => {
    const bed = createBed();
    await bed.app({});
    const ann = bed.slack.user(ANN);
    await ann.runs(`/pullcheck ${words}`, { channel: ALERTS });
    expect(ann.whispers()[0]?.text).toContain(answer);
    expect(bed.slack.channel(ALERTS).messages).toEqual([]);
  });

  it('names a reference, not the fault, when something breaks on our side', async () => {
    const bed = createBed();
    await bed.app({ inquire: () => Promise.reject(new TypeError('redis://secret@host broke')) });
    const ann = bed.slack.user(ANN);
    await ann.runs('/pullcheck pod api', { channel: ALERTS });
    const last = ann.whispers().at(-1)?.text ?? '';
    expect(last).toContain('Something went wrong on my side');
    expect(last).not.toContain('redis://');
    expect(bed.logged.join('\n')).toContain('slack gesture failed');
  });
});

describe('@pullcheck', () => {
  it('answers in the thread it was asked in, once per event', async () => {
    const bed = createBed();
    const asked: Inquired[] = [];
    await bed.app({ inquire: async (input) => void asked.push(input) });
    const thread = await bed.voice.announcer.openIncident(anIncident());
    const ann = bed.slack.user(ANN);
    const gesture = await ann.mentions('@pullcheck pod deployment/api -n staging', {
      channel: ALERTS,
      thread: thread.ts,
    });
    await bed.slack.deliver(gesture.body);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ thread: thread.ts, request: { target: { kind: 'Deployment', name: 'api' } } });
  });

  it('whispers a misunderstanding into the thread', async () => {
    const bed = createBed();
    await bed.app({});
    const thread = await bed.voice.announcer.openIncident(anIncident());
    const ann = bed.slack.user(ANN);
    await ann.mentions('@pullcheck dance', { channel: ALERTS, thread: thread.ts });
    expect(ann.whispers()).toEqual([expect.objectContaining({ thread_ts: thread.ts })]);
  });

  it('shows an inquiry of a thread in that thread, with its button', async () => {
    const bed = createBed();
    const pressed: string[] = [];
    await bed.app({ pressInquiry: async ({ button, inquiry }) => (pressed.push(`${button} ${inquiry}`), {}) });
    const thread = await bed.voice.announcer.openIncident(anIncident());
    const inquiry = anInquiry({ thread });
    expect(await bed.voice.announcer.openInquiry(inquiry)).toEqual(thread);
    await bed.voice.announcer.refreshInquiry({ ...inquiry, diagnosis: aDiagnosis() }, thread);
    await bed.slack.user(ANN).presses({ channel: ALERTS, label: 'Open incident' });
    expect(pressed).toEqual(['open-incident inq1']);
  });
});

describe('incident buttons', () => {
  it('carry the incident and the version they were drawn for', async () => {
    const bed = createBed();
    const pressed: Parameters<PressIncidentUseCase>[0][] = [];
    await bed.app({
      pressIncident: async (input) => (pressed.push(input), { whisper: 'Already acknowledged by somebody.' }),
    });
    await bed.voice.announcer.openIncident(anIncident());
    const ann = bed.slack.user(ANN);
    await ann.presses({ channel: ALERTS, label: 'Acknowledge' });
    expect(pressed[0]).toMatchObject({
      button: 'acknowledge',
      incident: 'inc1',
      version: 3,
      actor: { user: ANN, channel: ALERTS },
    });
    expect(ann.whispers().at(-1)?.text).toContain('Already acknowledged');
  });

  it('refuse a forged value', async () => {
    const bed = createBed();
    await bed.app({});
    await bed.voice.announcer.openIncident(anIncident());
    const ann = bed.slack.user(ANN);
    await ann.presses({ channel: ALERTS, label: 'Resolve', value: '../../etc' });
    expect(ann.whispers().at(-1)?.text).toContain('I do not know this button');
  });
});

describe('a remedy', () => {
  const preview: RemedyPreview = {
    kind: 'confirm',
    action: anAction(),
    plan: { diff: ['- password: (old)', '+ password: (new)'], consequences: ['Only the stuck pods are deleted.'] },
    warnings: ['<!channel> is not a mention'],
  };

  async function offered(remedy: {
    preview: () => Promise<RemedyPreview>;
    confirm?: (id: string) => Promise<{ whisper?: string }>;
  }) {
    const bed = createBed();
    const app = await bed.app({ remedy: { confirm: async () => ({}), ...remedy } });
    const thread = await bed.voice.announcer.openIncident(anIncident());
    await bed.voice.announcer.showFindings(thread, 'f1', aDiagnosis(), [anAction({ thread })]);
    const ann = bed.slack.user(ANN);
    return { bed, app, ann, thread, press: () => ann.presses({ channel: ALERTS, action: 'remedy:preview' }) };
  }

  it('shows what would change, and is confirmed with the action id alone', async () => {
    const confirmed: string[] = [];
    const { ann, press, thread } = await offered({
      preview: async () => preview,
      confirm: async (id) => (confirmed.push(id), { whisper: 'Queued.' }),
    });
    await press();
    const window = JSON.stringify(ann.window());
    expect(window).toContain('+ password: (new)');
    expect(window).not.toContain('<!channel>');
    expect(ann.window()?.['private_metadata']).toBe(anAction().id);
    await ann.submits();
    expect(confirmed).toEqual([anAction().id]);
    expect(ann.whispers().at(-1)).toMatchObject({ text: 'Queued.', thread_ts: thread.ts });
  });

  it('stays alive when the window is closed', async () => {
    let previews = 0;
    const { ann, press } = await offered({ preview: async () => ((previews += 1), preview) });
    await press();
    ann.closes();
    await press();
    expect(previews).toBe(2);
  });

  it('says why it is refused, without a button to go on', async () => {
    const { ann, press } = await offered({
      preview: async () => ({ kind: 'refused', reason: 'You may not press this.' }),
    });
    await press();
    expect(JSON.stringify(ann.window())).toContain('You may not press this.');
    expect(ann.window()?.['submit']).toBeUndefined();
  });

  it('does not leave a window loading when the look fails', async () => {
    const failing = () =>
      Promise.reject(new RemedyError({ code: 'expired', message: 'The offer has expired.', hint: 'Press Re-run.' }));
    const { ann, press } = await offered({ preview: failing });
    await press();
    expect(JSON.stringify(ann.window())).toContain('The offer has expired.');
  });

  it('asks to press again when Slack took the trigger back', async () => {
    const { bed, ann, press } = await offered({ preview: async () => preview });
    bed.slack.fail('views.open', { kind: 'error', error: 'expired_trigger_id' });
    await press();
    expect(ann.whispers().at(-1)?.text).toContain('Press the button again');
  });

  it('loses its button once it is settled', async () => {
    const { bed, thread } = await offered({ preview: async () => preview });
    await bed.voice.announcer.settleAction(anAction({ thread, state: 'done' }), 'The pods run.');
    const card = bed.slack.thread(thread.ts).at(-1);
    expect(card?.blocks.map((block) => block['type'])).toEqual(['section']);
    expect(card?.text).toContain('The pods run.');
  });

  it('lets a listener at work finish when the bot stops', async () => {
    let finish: () => void = () => undefined;
    const { app, ann, press } = await offered({
      preview: () => new Promise((resolve) => (finish = () => resolve(preview))),
    });
    const pressing = press();
    while (ann.window() === undefined) await new Promise((resolve) => setImmediate(resolve));
    const stopping = app.stop();
    finish();
    await Promise.all([pressing, stopping]);
    expect(JSON.stringify(ann.window())).toContain('What changes');
  });
});

describe('starting', () => {
  it('says what is wrong with the token', async () => {
    const bed = createBed({ token: 'xoxb-wrong' });
    await expect(bed.app({})).rejects.toMatchObject({
      code: 'invalid-auth',
      hint: expect.stringContaining('SLACK_BOT_TOKEN'),
    });
  });
});

describe('user groups', () => {
  it('are asked once a minute and fail closed on a free plan', async () => {
    const bed = createBed();
    bed.slack.workspace.userGroups.set('S0SRE', [ANN]);
    const { membership } = bed.voice;
    expect(await membership.isMember('S0SRE', ANN)).toBe(true);
    expect(await membership.isMember('S0SRE', 'U0EVE0000')).toBe(false);
    expect(bed.slack.callsTo('usergroups.users.list')).toHaveLength(1);
    bed.slack.workspace.plan = 'free';
    bed.clock.pass(61_000);
    expect(await membership.isMember('S0SRE', ANN)).toBe(false);
    expect(membership.problem('S0SRE')).toContain('paid Slack plan');
  });
});
