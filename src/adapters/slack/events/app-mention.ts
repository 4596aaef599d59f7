/** `@pullcheck …`: the same words, answered in the thread (under the message itself where there is none yet). */
import type { App } from '@slack/bolt';
import { parseCommand } from '../../../target/parse-command.ts';
import { explanation, requestOf } from '../commands/pullcheck.ts';
import { actorOf, type ListenerParts } from '../listener-parts.ts';
import { MentionBody } from '../schema.ts';

export function listenToMention(app: App, parts: ListenerParts): void {
  app.event('app_mention', async ({ body }) => {
    const { event, event_id, team_id } = MentionBody.parse(body);
    const { user } = event;
    // Bots talking to bots never end.
    if (user === undefined || event.bot_id !== undefined) return;
    const thread = event.thread_ts ?? event.ts;
    await parts.desk.serve({ id: event_id, to: { channel: event.channel, user, thread } }, async () => {
      const parsed = parseCommand(event.text.replace(/<@[UW][A-Z0-9]+(?:\|[^>]*)?>/g, ' '), parts.defaultNamespace);
      const request = requestOf(parsed);
      if (!request) return explanation(parsed);
      const actor = actorOf(user, event.user_team ?? event.team ?? team_id, event.channel);
      await parts.useCases.inquire({ request, actor, thread, gesture: event_id });
      return undefined;
    });
  });
}
