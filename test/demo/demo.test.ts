/** The demo as a newcomer plays it: real local Slack, real bot, simulated outside. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLocalSlack } from '../../src/demo/local-slack.ts';
import { ALICE, BOB, CHANNEL } from '../../src/demo/people.ts';
import { freePortFrom } from '../../src/demo/ports.ts';
import type { SlackPlace } from '../../src/demo/slack-place.ts';
import { type Demo, startDemo } from '../../src/demo/start.ts';
import { freePort } from '../support/redis.ts';
import { eventually, localSlackIsHere, type Person, personAt, wordsOf } from './person.ts';

const binary = localSlackIsHere('the demo in the local Slack');

(binary === undefined ? describe.skip : describe)('the demo in the browser', () => {
  const printed: string[] = [];
  let place: SlackPlace;
  let demo: Demo;
  let alice: Person;
  let bob: Person;

  beforeAll(async () => {
    const port = await freePortFrom(await freePort());
    place = await openLocalSlack(binary ?? '', { port, topic: 'test', director: true, onGone: () => undefined });
    const say = (line: string): void => void printed.push(line);
    demo = await startDemo({ place, registryPort: 0, say, first: 'tag-never-pushed', alertAfterMs: 400, pace: 3 });
    alice = personAt(place.page ?? '', ALICE.id);
    bob = personAt(place.page ?? '', BOB.id);
  }, 60_000);
  afterAll(async () => {
    await demo?.stop();
    await place?.close();
  });

  async function press(label: string): Promise<void> {
    await alice.press(await alice.root('Demo director'), label);
  }

  it('tells of a tag that was never pushed, by itself, and names the one that was', async () => {
    const root = await alice.root('Image pull: deployment/api-service in staging', 'ci-output-lost');
    expect(wordsOf(root)).toContain('a1b2c3d-2026-05-24-17-52');
    const findings = await alice.reply(root, 'Findings: ci-output-lost');
    expect(wordsOf(findings)).toContain('(certain');
    await alice.command('pod api-service -n staging');
    const answer = await alice.root('Pull check: api-service in staging', 'ci-output-lost');
    expect(wordsOf(answer)).toContain('no incident, nobody is paged');

    const card = await alice.reply(root, '"Open a pull request with the fix…"');
    await alice.press(card, 'Open a pull request with the fix');
    expect(await alice.window('What changes')).toContain('needs: [smoke, build]');
    await alice.submit();
    const opened = wordsOf(await alice.reply(root, '/pull/1> is open'));
    const page = await fetch(/http:\/\/[^\s"|>]+\/pull\/1/.exec(opened)?.[0] ?? '');
    const shown = await page.text();
    expect(shown).toContain('needs: [smoke, build]');
    const thread = `${place.page ?? ''}/archives/${CHANNEL.id}/p${root.ts.replace('.', '')}`;
    expect(shown).toContain(`<a href="${thread}">`);
    expect((await fetch(thread)).status).toBe(200);

    await press('Push image');
    await alice.reply(root, 'Resolved by alertmanager');
    expect(demo.pager.pages()).toEqual([]);
  }, 60_000);

  it('rotates an expired credential by button, and proves that it helped', async () => {
    await press('2 Expired credential');
    const root = await alice.root('Image pull: deployment/payments in staging', 'credentials-rejected');
    const card = await alice.reply(root, '"Rotate the pull secret…"');
    await alice.press(card, 'Rotate the pull secret');
    const window = await alice.window('What changes');
    expect(window).toContain('secret/puller-cred');
    expect(window).not.toContain(demo.stage.newCredential.reveal().split(':')[1]);
    await alice.submit();
    await alice.reply(root, 'Rotate the pull secret helped');
    await alice.reply(root, 'Resolved by');
  }, 60_000);

  it('asks for a second person in production', async () => {
    await press('3 In production');
    const root = await alice.root('Image pull: deployment/checkout in prod', 'credentials-rejected');
    const card = await alice.reply(root, '"Rotate the pull secret…"');
    await alice.press(card, 'Rotate the pull secret');
    expect(await alice.window('What changes')).toContain('second person');
    await alice.submit();
    await alice.reply(root, 'A second person must press the same button');
    await bob.press(card, 'Rotate the pull secret');
    await bob.window('You are the second person');
    await bob.submit();
    await bob.reply(root, 'Rotate the pull secret helped');
    await bob.reply(root, 'Resolved by');
  }, 60_000);

  it('makes one thread and one page of a registry that is down, and ends both when it is mended', async () => {
    await press('4 Registry down');
    const root = await alice.root('Image pull:', 'connection-refused', 'Same fault, same page');
    await eventually('all four workloads in one thread', async () => {
      const now = wordsOf(await alice.root('Same fault, same page'));
      return ['web', 'search', 'catalog', 'orders'].every((name) => now.includes(`deployment/${name}`)) || undefined;
    });
    const about = (await alice.roots()).filter((one) => /deployment\/(web|search|catalog|orders)/.test(wordsOf(one)));
    expect(about).toHaveLength(1);

    await press('Fast-forward 20 min');
    await alice.reply(root, 'pager rings');
    await alice.root('Demo director', '20 minutes later');
    expect(demo.pager.pages()).toHaveLength(1);
    const escalations = (await alice.replies(root.ts)).filter((one) => wordsOf(one).includes('The pager was told'));
    expect(escalations).toHaveLength(1);
    expect(escalations[0]?.text).toContain(`<@${ALICE.id}>`);
    expect(printed.filter((line) => line.includes('pager rings'))).toHaveLength(1);

    await press('Mend registry');
    await alice.reply(root, 'Resolved by');
    await alice.reply(root, 'The page ended');
    expect(demo.pager.pages().map(({ state }) => state)).toEqual(['resolved']);
  }, 90_000);

  it('does nothing twice when a scenario is under way, and is as new after a reset', async () => {
    await press('4 Registry down');
    await alice.root('Demo director', 'Playing 4');
    await press('4 Registry down');
    await alice.root('Demo director', 'under way already');
    await press('Reset');
    await alice.root('Demo director', 'as at the start');
    const stuck = demo.stage.cluster.world.list('Pod').filter(({ status }) => status?.phase === 'Pending');
    expect(stuck).toEqual([]);
  }, 60_000);

  it('can be played again', async () => {
    const apiService = async (): Promise<number> =>
      (await alice.roots()).filter((one) => wordsOf(one).includes('Image pull: deployment/api-service')).length;
    const before = await apiService();
    await press('1 Missing tag');
    await eventually('a thread of its own', async () => (await apiService()) === before + 1 || undefined);
    const root = await alice.root('Image pull: deployment/api-service in staging', 'ci-output-lost');
    await press('Push image');
    await alice.reply(root, 'Resolved by alertmanager');
  }, 60_000);
});
