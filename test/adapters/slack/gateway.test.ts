/** What the SDK would do to us, and does not: doubled posts, stalled methods, endless retries, replies to deleted threads. */
import { describe, expect, it } from '@jest/globals';
import { createClients } from '../../../src/adapters/slack/clients.ts';
import { PullcheckError } from '../../../src/errors.ts';
import { Sealed } from '../../../src/sealed.ts';
import { ALERTS, createBed } from './bed.ts';
import { aDiagnosis, anIncident, aRun } from './samples.ts';

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof PullcheckError ? `${error.code}${error.retryable ? ' (retryable)' : ''}` : String(error);
}

describe('a post leaves once', () => {
  it('posts one root for one incident, whoever asks and how often', async () => {
    const bed = createBed();
    const first = await bed.voice.announcer.openIncident(anIncident());
    const again = await bed.replica().announcer.openIncident(anIncident({ version: 9 }));
    expect(again).toEqual(first);
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
  });

  it('posts once when two replicas say the same at the same time', async () => {
    const bed = createBed();
    const both = await Promise.all([
      bed.voice.announcer.openIncident(anIncident()),
      bed.replica().announcer.openIncident(anIncident()),
    ]);
    expect(both[0]).toEqual(both[1]);
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
  });

  it('finds the post again when Slack took it and the connection broke', async () => {
    const bed = createBed();
    bed.slack.workspace.scopes.add('channels:history');
    bed.slack.fail('chat.postMessage', { kind: 'reset', accepted: true });
    const thread = await bed.voice.announcer.openIncident(anIncident());
    expect(bed.slack.channel(ALERTS).messages.map((one) => one.ts)).toEqual([thread.ts]);
    expect(bed.slack.callsTo('chat.postMessage')).toHaveLength(1);
  });

  it.each([
    ['a 503', { kind: 'http', status: 503, accepted: true } as const],
    ['a time-out', { kind: 'timeout', accepted: true } as const],
    ['an internal error', { kind: 'error', error: 'internal_error' } as const],
  ])('never posts twice after %s, and looks in the thread', async (_what, fault) => {
    const bed = createBed();
    bed.slack.workspace.scopes.add('channels:history');
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.fail('chat.postMessage', fault);
    await bed.voice.announcer.reply(thread, 'k1', 'restarted by ann');
    expect(bed.slack.thread(thread.ts).map((one) => one.text)).toEqual(['restarted by ann']);
  });

  it('does not repeat a doubtful post where it may not look, and says why', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.fail('chat.postMessage', { kind: 'reset', accepted: true });
    expect(await codeOf(bed.voice.announcer.reply(thread, 'k1', 'done'))).toBe('post-unconfirmed');
    expect(await codeOf(bed.voice.announcer.reply(thread, 'k1', 'done'))).toBe('post-unconfirmed');
    expect(bed.slack.thread(thread.ts)).toHaveLength(1);
  });

  it('repeats a doubtful escalation, marked, rather than lose it', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.fail('chat.postMessage', { kind: 'reset', accepted: false });
    await bed.voice.announcer.escalate(thread, {
      key: 'p1',
      sentence: 'Pull failure.',
      severity: 'P1',
      facts: [],
      pageState: 'sent',
    });
    const replies = bed.slack.thread(thread.ts);
    expect(replies).toHaveLength(1);
    expect(replies[0]?.text).toContain('possibly repeated');
    expect(replies[0]?.broadcast).toBe(true);
  });

  it('simply tries again when the connection never stood', async () => {
    const bed = createBed();
    bed.slack.fail('chat.postMessage', { kind: 'never-connected' });
    await bed.voice.announcer.openIncident(anIncident());
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
    expect(bed.slack.callsTo('conversations.history')).toHaveLength(0);
  });

  it('asks to be tried later when Slack stays away', async () => {
    const bed = createBed();
    bed.slack.fail('chat.postMessage', { kind: 'never-connected' }, 2);
    expect(await codeOf(bed.voice.announcer.openIncident(anIncident()))).toBe('slack-unreachable (retryable)');
    await bed.voice.announcer.openIncident(anIncident());
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
  });
});

describe('limits', () => {
  it('waits out a 429 of one method while another goes on', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.fail('chat.update', { kind: 'rate-limited', retryAfterSeconds: 30 });
    await bed.stores.limiter.block('slack:home:method:chat.update', 30_000);
    const before = bed.clock.now();
    await bed.voice.announcer.reply(thread, 'k1', 'one');
    expect(bed.clock.now() - before).toBeLessThan(2000);
    await bed.voice.announcer.refreshIncident(anIncident({ status: 'acknowledged', version: 4 }));
    expect(bed.clock.now() - before).toBeGreaterThanOrEqual(30_000);
    expect(bed.slack.channel(ALERTS).roots[0]?.edits).toBe(1);
  });

  it('lets all replicas keep the pause that one of them was told', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.fail('chat.postMessage', { kind: 'rate-limited', retryAfterSeconds: 20 });
    const told = bed.clock.now();
    await bed.voice.announcer.reply(thread, 'k1', 'one');
    await bed.replica().announcer.reply(thread, 'k2', 'two');
    const posts = bed.slack.callsTo('chat.postMessage').slice(2);
    expect(posts).toHaveLength(2);
    expect(posts.every((call) => call.at - told >= 20_000)).toBe(true);
    expect(bed.slack.thread(thread.ts).map((one) => one.text)).toEqual(['one', 'two']);
  });

  it('never meets a 429 by itself: thirty posts in one channel go a second apart', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    for (let at = 0; at < 30; at += 1) await bed.voice.announcer.reply(thread, `k${at}`, `reply ${at}`);
    expect(bed.slack.thread(thread.ts)).toHaveLength(30);
    expect(bed.slack.callsTo('chat.postMessage')).toHaveLength(31);
  });

  it('edits a run at most once in 3 s, and always shows the end', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    for (let at = 0; at < 20; at += 1) await bed.voice.announcer.showRun(thread, aRun({ title: `at ${at}` }));
    await bed.voice.announcer.showRun(thread, aRun({ title: 'the end', done: true }));
    await bed.voice.drain();
    const edits = bed.slack.callsTo('chat.update').map((call) => call.at);
    expect(edits.every((at, index) => index === 0 || at - (edits[index - 1] ?? 0) >= 3000)).toBe(true);
    expect(edits.length).toBeLessThan(20);
    expect(bed.slack.thread(thread.ts)[0]?.text).toContain('the end');
  });
});

describe('a deleted thread', () => {
  it('leaves no stray reply behind and is replaced by a new thread', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.deletes(ALERTS, thread.ts);
    expect(await codeOf(bed.voice.announcer.showFindings(thread, 'f1', aDiagnosis(), []))).toBe('thread-gone');
    expect(bed.slack.channel(ALERTS).messages).toEqual([]);
    const next = await bed.replica().announcer.openIncident(anIncident({ thread }));
    expect(next.ts).not.toBe(thread.ts);
    await bed.voice.announcer.showFindings(next, 'f1', aDiagnosis(), []);
    expect(bed.slack.thread(next.ts)).toHaveLength(1);
  });

  it('is noticed by an edit too', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.deletes(ALERTS, thread.ts);
    expect(await codeOf(bed.voice.announcer.refreshIncident(anIncident()))).toBe('thread-gone');
    expect((await bed.voice.announcer.openIncident(anIncident({ thread }))).ts).not.toBe(thread.ts);
  });

  it('does not swallow an escalation: it stays where it landed', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.deletes(ALERTS, thread.ts);
    await bed.voice.announcer.escalate(thread, {
      key: 'p1',
      sentence: 'Pull failure.',
      severity: 'P1',
      facts: [],
      pageState: 'sent',
    });
    expect(bed.slack.channel(ALERTS).roots).toHaveLength(1);
  });
});

describe('the block ladder', () => {
  it('draws a plan where the workspace takes it', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    await bed.voice.announcer.showRun(thread, aRun());
    expect(bed.slack.thread(thread.ts)[0]?.blocks.map((block) => block['type'])).toEqual(['plan']);
  });

  it('falls to sections where it does not, and remembers it', async () => {
    const bed = createBed();
    bed.slack.refuseBlocks('plan', 'task_card');
    const thread = await bed.voice.announcer.openIncident(anIncident());
    await bed.voice.announcer.showRun(thread, aRun());
    await bed.voice.announcer.showRun(thread, aRun({ run: 'run2' }));
    const tried = bed.slack
      .callsTo('chat.postMessage')
      .map((call) => JSON.stringify(call.args['blocks']).includes('task_card'));
    expect(tried).toEqual([false, true, false, false]);
    expect(bed.slack.thread(thread.ts)).toHaveLength(2);
  });

  it('clears the blocks when only text is taken, and never sends the same payload twice', async () => {
    const bed = createBed();
    const thread = await bed.voice.announcer.openIncident(anIncident());
    bed.slack.refuseBlocks('section');
    await bed.voice.announcer.refreshIncident(anIncident({ version: 4 }));
    const root = bed.slack.channel(ALERTS).roots[0];
    expect(root?.ts).toBe(thread.ts);
    expect(root?.blocks).toEqual([]);
    expect(root?.text).toContain('tag-not-found');
    const sent = bed.slack.callsTo('chat.update').map((call) => JSON.stringify(call.args));
    expect(new Set(sent).size).toBe(sent.length);
  });

  it('repeats the quiet settings at every edit', async () => {
    const bed = createBed();
    await bed.voice.announcer.openIncident(anIncident());
    await bed.voice.announcer.refreshIncident(anIncident({ version: 4 }));
    for (const call of [...bed.slack.callsTo('chat.postMessage'), ...bed.slack.callsTo('chat.update')]) {
      expect(call.args).toMatchObject({ parse: 'none', link_names: false });
      expect(String(call.args['text']).length).toBeGreaterThan(0);
    }
  });
});

describe('refusals say what to do', () => {
  it.each([
    ['not_in_channel', '/invite @pullcheck'],
    ['channel_not_found', '/invite @pullcheck'],
    ['is_archived', 'Unarchive'],
    ['invalid_auth', 'SLACK_BOT_TOKEN'],
  ])('%s', async (word, hint) => {
    const bed = createBed();
    bed.slack.fail('chat.postMessage', { kind: 'error', error: word });
    await expect(bed.voice.announcer.openIncident(anIncident())).rejects.toMatchObject({
      code: word.replace(/_/g, '-'),
      hint: expect.stringContaining(hint),
      retryable: false,
    });
    await bed.voice.announcer.openIncident(anIncident());
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
  });

  it('no channel configured', async () => {
    const bed = createBed();
    const incident = anIncident({ subject: { cluster: 'c', namespace: 'nowhere' } });
    expect(await codeOf(bed.voice.announcer.openIncident(incident))).toBe('no-channel');
  });
});

describe('the three clients', () => {
  it('send no post a second time by themselves', async () => {
    const bed = createBed();
    const { post } = createClients({
      botToken: new Sealed(bed.slack.token),
      fetch: bed.slack.fetch,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    });
    bed.slack.fail('chat.postMessage', { kind: 'http', status: 503, accepted: true });
    await expect(post.apiCall('chat.postMessage', { channel: ALERTS, text: 'once' })).rejects.toThrow('503');
    expect(bed.slack.channel(ALERTS).messages).toHaveLength(1);
  });
});
