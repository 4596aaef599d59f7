/** Who presses, as Slack tells it: what cannot be found out counts against. */
import { describe, expect, it } from '@jest/globals';
import { WebClient } from '@slack/web-api';
import { createMembership } from '../../src/adapters/slack/membership.ts';
import { createStanding } from '../../src/adapters/slack/standing.ts';
import { makePresser } from '../../src/wire/presser.ts';
import { createManualClock } from '../support/clock.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const throttle = {
  call: async () => undefined,
  channel: async () => undefined,
  message: async () => undefined,
  block: async () => undefined,
};

interface Workspace {
  account: Record<string, unknown> | 'down';
  groups: Record<string, readonly string[]>;
  asked: number;
}

function slack(workspace: Workspace) {
  const clock = createManualClock();
  const answer = (body: object) =>
    new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  const fetch = async (input: unknown, init?: { readonly body?: unknown }): Promise<Response> => {
    workspace.asked += 1;
    const url = String(input instanceof Request ? input.url : input);
    if (url.endsWith('users.info')) {
      return workspace.account === 'down'
        ? answer({ ok: false, error: 'user_not_found' })
        : answer({ ok: true, user: workspace.account });
    }
    const group = new URLSearchParams(String(init?.body)).get('usergroup') ?? '';
    const users = workspace.groups[group];
    return answer(users ? { ok: true, users } : { ok: false, error: 'no_such_subteam' });
  };
  const client = new WebClient('xoxb-test', { fetch, retryConfig: { retries: 0 } });
  const standing = createStanding(client, { throttle, clock, log, home: () => 'T0HOME' });
  const membership = createMembership(client, throttle, clock, log);
  return { clock, presser: (groups: readonly string[]) => makePresser({ standing, membership }, groups) };
}
const ann = { user: 'U0ANN', team: 'T0HOME', channel: 'C1' };

describe('whoever presses', () => {
  it('is an ordinary member of the groups that Slack names', async () => {
    const { presser } = slack({ account: {}, groups: { S0OPS: ['U0ANN'], S0SRE: [] }, asked: 0 });
    expect(await presser(['S0OPS', 'S0SRE'])(ann)).toEqual({ user: 'U0ANN', channel: 'C1', groups: ['S0OPS'] });
    expect(await presser(['S0SRE'])(ann)).toMatchObject({ groups: [] });
  });

  const outsiders: readonly (readonly [object, string])[] = [
    [{ deleted: true }, 'deleted accounts'],
    [{ is_bot: true }, 'bots'],
    [{ is_restricted: true }, 'guests'],
    [{ is_ultra_restricted: true }, 'guests'],
    [{ is_stranger: true }, 'people of another organisation'],
  ];
  it.each(outsiders)('%j is an outsider', async (account, outsider) => {
    const { presser } = slack({ account: { ...account }, groups: {}, asked: 0 });
    expect(await presser([])(ann)).toMatchObject({ outsider });
  });

  it('of another workspace is an outsider without a question to Slack', async () => {
    const workspace: Workspace = { account: {}, groups: {}, asked: 0 };
    const found = await slack(workspace).presser([])({ ...ann, team: 'T0OTHER' });
    expect(found).toMatchObject({ outsider: 'people of another organisation' });
    expect(workspace.asked).toBe(0);
  });

  it('is unknown while Slack does not answer, and that is not kept', async () => {
    const workspace: Workspace = { account: 'down', groups: {}, asked: 0 };
    const { presser } = slack(workspace);
    const blind = await presser(['S0OPS'])(ann);
    expect(blind).toMatchObject({ groups: 'unknown', outsider: expect.stringContaining('cannot tell us about') });
    Object.assign(workspace, { account: {}, groups: { S0OPS: ['U0ANN'] } });
    expect(await presser(['S0OPS'])(ann)).toEqual({ user: 'U0ANN', channel: 'C1', groups: ['S0OPS'] });
  });

  it('is asked about once a minute', async () => {
    const workspace: Workspace = { account: {}, groups: { S0OPS: ['U0ANN'] }, asked: 0 };
    const { presser, clock } = slack(workspace);
    await presser(['S0OPS'])(ann);
    await presser(['S0OPS'])(ann);
    expect(workspace.asked).toBe(2);
    workspace.account = { deleted: true };
    await clock.advance(60_000);
    expect(await presser(['S0OPS'])(ann)).toMatchObject({ outsider: 'deleted accounts' });
  });
});
