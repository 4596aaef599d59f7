/** `/pullcheck …`: ack, claim, say "looking", enqueue. */
import type { App } from '@slack/bolt';
import type { InquiryRequest } from '../../../incident/inquiry.ts';
import { type ParsedCommand, parseCommand } from '../../../target/parse-command.ts';
import { help } from '../blocks/help.ts';
import type { Message } from '../blocks/parts.ts';
import { requestName } from '../blocks/subject.ts';
import { spoken } from '../desk.ts';
import { COMMAND } from '../ids.ts';
import { actorOf, type ListenerParts, privately } from '../listener-parts.ts';
import { CommandBody } from '../schema.ts';

export function listenToCommand(app: App, parts: ListenerParts): void {
  app.command(COMMAND, async ({ ack, body, respond }) => {
    await ack();
    const command = CommandBody.parse(body);
    const to = { channel: command.channel_id, user: command.user_id };
    await parts.desk.serve({ id: command.trigger_id, to, respond: privately(respond) }, async () => {
      const parsed = parseCommand(command.text, parts.defaultNamespace);
      const request = requestOf(parsed);
      if (!request) return explanation(parsed);
      // An ephemeral message is refused where the bot is not a member: known before any work is queued, without another scope.
      await parts.whisper(to, spoken(`Looking at ${requestName(request)}; the answer follows here.`));
      await parts.useCases.inquire({
        request,
        actor: actorOf(command.user_id, command.team_id, command.channel_id),
        gesture: command.trigger_id,
      });
      return undefined;
    });
  });
}

/** The part of a parsed command that is a question; undefined for help and for wrong words. */
export function requestOf(parsed: ParsedCommand): InquiryRequest | undefined {
  return parsed.verb === 'help' || parsed.verb === 'wrong' ? undefined : parsed;
}

/** Help, or what was wrong with the words. */
export function explanation(parsed: ParsedCommand): Message {
  return parsed.verb === 'wrong' ? spoken(`${parsed.message}\n${parsed.hint} More: \`${COMMAND} help\`.`) : help();
}
