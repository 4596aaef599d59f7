/** The page of a thread, for a pull request that leads back to it. Form: slack.dev, chat.getPermalink. */
import { describe, expect, it } from '@jest/globals';
import { permalink } from '../../../src/adapters/slack/permalink.ts';
import { createBed } from './bed.ts';

const thread = { channel: 'C0ALERTS0', ts: '1767225600.000100' };

describe('a thread’s page', () => {
  it('is at Slack’s common door until the workspace is known, then at the workspace’s own', async () => {
    const { voice } = createBed();
    expect(voice.linkTo(thread)).toBe('https://slack.com/archives/C0ALERTS0/p1767225600000100');
    await voice.identify();
    expect(voice.linkTo(thread)).toBe('https://acme.slack.com/archives/C0ALERTS0/p1767225600000100');
  });

  it('is on the pages of a local Slack, where one is named', () => {
    const local = (pages: string) => permalink(thread, pages);
    expect(local('http://127.0.0.1:4100')).toBe('http://127.0.0.1:4100/archives/C0ALERTS0/p1767225600000100');
    expect(local('http://acme.example')).toBe('https://slack.com/archives/C0ALERTS0/p1767225600000100');
  });

  it('is none for a conversation of two, and for what is no message', () => {
    expect(permalink({ ...thread, channel: 'D0ALERTS0' })).toBeUndefined();
    expect(permalink({ ...thread, channel: 'C0/../x' })).toBeUndefined();
    expect(permalink({ ...thread, ts: 'now' })).toBeUndefined();
  });

  it('never leads where an address is no workspace’s', () => {
    for (const home of ['javascript:alert(1)', 'nowhere', ''])
      expect(permalink(thread, home)).toBe('https://slack.com/archives/C0ALERTS0/p1767225600000100');
  });
});
