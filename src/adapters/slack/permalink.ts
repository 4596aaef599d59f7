/** Where a person opens a message in the browser. */

interface Message {
  readonly channel: string;
  readonly ts: string;
}

/** Without a workspace's own address: Slack leads to the one that the reader is logged in to. */
const ANY_WORKSPACE = 'https://slack.com/';

/**
 * The page of a thread's root: `https://acme.slack.com/archives/C0123/p1767225600000100` (slack.dev: chat.getPermalink shows the form).
 * `home` is the workspace's address as auth.test tells it, or a local Slack's. undefined where others cannot open it: in a conversation
 * of two.
 */
export function permalink({ channel, ts }: Message, home: string = ANY_WORKSPACE): string | undefined {
  if (!/^[CG][A-Z0-9]+$/.test(channel) || !/^\d+\.\d{6}$/.test(ts)) return undefined;
  const { origin, protocol, hostname } = URL.parse(home) ?? new URL(ANY_WORKSPACE);
  const isPage = protocol === 'https:' || (protocol === 'http:' && hostname === '127.0.0.1');
  const workspace = isPage ? origin : new URL(ANY_WORKSPACE).origin;
  return `${workspace}/archives/${channel}/p${ts.replace('.', '')}`;
}
