import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { loadConfig } from '../../src/config/config.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();

function load(variables: Readonly<Record<string, string>>) {
  const readFile = (): string => {
    throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  };
  return loadConfig({ variables, readFile, need: 'cli' }).github;
}

function problems(variables: Readonly<Record<string, string>>): string {
  try {
    load(variables);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
}

describe('GitHub in the configuration', () => {
  it('is absent when nothing is set', () => {
    expect(load({})).toBeUndefined();
  });

  it('is a token, at another base', () => {
    const settings = load({ GITHUB_TOKEN: 'ghp_secret', GITHUB_API_URL: 'https://ghe.example/api/v3/' });
    expect(settings).toMatchObject({ credential: { kind: 'token' }, apiUrl: 'https://ghe.example/api/v3' });
    expect(JSON.stringify(settings)).not.toContain('ghp_secret');
  });

  it('is an App, whose key may be written in one line', () => {
    for (const key of [PEM, PEM.trim().replaceAll('\n', '\\n')]) {
      const settings = load({ GITHUB_APP_ID: '1234', GITHUB_APP_PRIVATE_KEY: key });
      expect(settings?.credential).toMatchObject({ kind: 'app', appId: '1234' });
      expect(settings?.credential.kind === 'app' && settings.credential.privateKey.reveal()).toBe(PEM);
    }
  });

  it('names every problem, and no secret', () => {
    const told = [
      problems({ GITHUB_APP_ID: '1234' }),
      problems({ GITHUB_APP_PRIVATE_KEY: PEM }),
      problems({ GITHUB_APP_ID: 'our app', GITHUB_APP_PRIVATE_KEY: PEM.slice(0, 200) }),
      problems({ GITHUB_TOKEN: 'ghp_secret', GITHUB_APP_ID: '1234' }),
      problems({ GITHUB_TOKEN: 'ghp_secret\nghp_other' }),
      problems({ GITHUB_TOKEN: 'ghp_secret', GITHUB_API_URL: 'ghe.example' }),
    ];
    expect(told).toEqual([
      expect.stringContaining('GITHUB_APP_ID is set without GITHUB_APP_PRIVATE_KEY'),
      expect.stringContaining('GITHUB_APP_PRIVATE_KEY is set without GITHUB_APP_ID'),
      expect.stringMatching(/GITHUB_APP_ID is neither .*\n.*GITHUB_APP_PRIVATE_KEY is no RSA key/),
      expect.stringContaining('are both set'),
      expect.stringContaining('GITHUB_TOKEN is no token'),
      expect.stringContaining('GITHUB_API_URL is not an http(s) URL'),
    ]);
    expect(told.join()).not.toMatch(/ghp_|MII/);
  });
});
