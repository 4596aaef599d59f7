/** Submission of the confirm window. Closing it instead leaves the button alive: nothing was claimed. */
import type { App } from '@slack/bolt';
import { reply } from '../blocks/reply.ts';
import { unknownButton } from '../desk.ts';
import { CONFIRM_VIEW, readOpaqueId, readWhere } from '../ids.ts';
import { actorOf, type ListenerParts } from '../listener-parts.ts';
import { SubmissionBody } from '../schema.ts';

export function listenToConfirmation(app: App, parts: ListenerParts): void {
  app.view(CONFIRM_VIEW, async ({ ack, body }) => {
    await ack();
    const { user, team, view } = SubmissionBody.parse(body);
    const where = readWhere(view.blocks[0]?.block_id ?? '');
    const channel = where?.channel ?? '';
    const to = { channel, user: user.id, ...(where?.thread === undefined ? {} : { thread: where.thread }) };
    await parts.desk.serve({ id: `view:${view.id}`, to }, async () => {
      const id = readOpaqueId(view.private_metadata);
      if (!id) throw unknownButton();
      const answer = await parts.useCases.remedy.confirm(id, actorOf(user.id, user.team_id ?? team?.id, channel));
      return answer.whisper === undefined ? undefined : reply(answer.whisper, new Map());
    });
  });
}
