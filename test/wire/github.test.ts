import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/config.ts';
import { openGithub } from '../../src/wire/github.ts';
import { createManualClock } from '../support/clock.ts';
import { aRun } from '../support/fake-code-host.ts';
import { GITHUB_TEST_APP, GITHUB_TEST_TOKEN, type GithubWorld, startGithub } from '../support/github/world.ts';

const { signal } = new AbortController();
const clock = createManualClock();
let world: GithubWorld;
let secrets: string[];

beforeEach(async () => {
  world = await startGithub();
  secrets = [];
});
afterEach(async () => {
  await world.close();
});

function open(variables: Readonly<Record<string, string>>) {
  const readFile = (): string => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  const config = loadConfig({ variables, readFile, need: 'cli' });
  return openGithub(config, { clock, register: (secret) => secrets.push(secret) });
}

describe('GitHub as configured', () => {
  it('is nobody without a token or an App', () => {
    expect(open({ GITHUB_API_URL: world.url })).toBeUndefined();
  });

  it('is asked with the token, and every request is counted', async () => {
    const github = open({ GITHUB_TOKEN: GITHUB_TEST_TOKEN, GITHUB_API_URL: world.url });
    const counted: string[] = [];
    const reader = github?.reader({ count: (system, what) => counted.push(`${system} ${what}`) });
    world.play('acme/shop', { runs: [aRun()] });
    expect(reader?.web).toBe(world.url);
    expect(await reader?.run('acme/shop', 17, undefined, signal)).toMatchObject({ status: 'observed' });
    expect(await reader?.runs('acme/shop', { branch: 'main' }, signal)).toMatchObject({ status: 'observed' });
    expect(counted).toEqual(['github run', 'github runs']);
    expect(await github?.writer.defaultBranch('acme/shop', signal)).toMatchObject({ value: 'main' });
    await github?.close();
  });

  it('is asked as the App, whose token becomes known to the redactor', async () => {
    const github = open({
      GITHUB_APP_ID: String(GITHUB_TEST_APP),
      GITHUB_APP_PRIVATE_KEY: world.privateKey,
      GITHUB_API_URL: world.url,
    });
    expect(await github?.writer.defaultBranch('acme/shop', signal)).toMatchObject({ value: 'main' });
    expect(secrets).toEqual([expect.stringMatching(/^ghs_/)]);
    await github?.close();
  });

  it('shows people the pages beside the API', () => {
    const web = (apiUrl?: string) =>
      open({ GITHUB_TOKEN: 'ghp_x', ...(apiUrl === undefined ? {} : { GITHUB_API_URL: apiUrl }) })?.web;
    expect(web()).toBe('https://github.com');
    expect(web('https://ghe.example/api/v3')).toBe('https://ghe.example');
    expect(web('https://ghe.example:8443/git/api/v3/')).toBe('https://ghe.example:8443/git');
    expect(web('https://api.acme.ghe.com')).toBe('https://acme.ghe.com');
  });
});
