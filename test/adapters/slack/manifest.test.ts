/** The app asks for what the code uses, and for nothing else. */
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

/** Method -> bot scopes that it needs (Slack's method pages). */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  'chat.postMessage': ['chat:write'],
  'chat.update': ['chat:write'],
  'chat.delete': ['chat:write'],
  'chat.postEphemeral': ['chat:write'],
  'conversations.history': ['channels:history', 'groups:history'],
  'conversations.replies': ['channels:history', 'groups:history'],
  'usergroups.users.list': ['usergroups:read'],
  'users.info': ['users:read'],
  'views.open': [],
  'views.update': [],
  'auth.test': [],
};
/** What the app listens to. */
const LISTENED: Readonly<Record<string, string>> = {
  'app.command(': 'commands',
  "app.event('app_mention'": 'app_mentions:read',
};

const Manifest = z.object({
  features: z.object({ slash_commands: z.array(z.object({ command: z.string() })) }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }) }),
  settings: z.object({ event_subscriptions: z.object({ bot_events: z.array(z.string()) }) }),
});

const manifest = Manifest.parse(parse(readFileSync('manifest.yml', 'utf8')));
const source = globSync('src/adapters/slack/**/*.ts')
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

function methodsCalled(): string[] {
  const typed = [
    ...source.matchAll(
      /\b(?:client|clients\.\w+)\.((?:chat|conversations|usergroups|users|views|auth|files|reactions|pins)(?:\.\w+)+)\(/g,
    ),
  ];
  const named = [...source.matchAll(/\.apiCall\(\s*'([\w.]+)'/g)];
  return [...new Set([...typed, ...named].map((match) => match[1] ?? ''))].sort();
}

describe('manifest.yml', () => {
  it('knows every method that the code calls', () => {
    expect(methodsCalled()).toEqual(Object.keys(SCOPES).sort());
  });

  it('asks for exactly the scopes of those methods and listeners', () => {
    const heard = Object.entries(LISTENED)
      .filter(([call]) => source.includes(call))
      .map(([, scope]) => scope);
    expect(heard).toHaveLength(2);
    const needed = new Set([...methodsCalled().flatMap((method) => SCOPES[method] ?? []), ...heard]);
    const { bot, bot_optional } = manifest.oauth_config.scopes;
    expect([...bot, ...bot_optional].sort()).toEqual([...needed].sort());
  });

  it('declares the command and the events that are listened to', () => {
    expect(manifest.features.slash_commands.map((one) => one.command)).toEqual(['/pullcheck']);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(['app_mention']);
  });
});
