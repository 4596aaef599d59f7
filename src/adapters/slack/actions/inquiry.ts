/** "Open incident" and "Re-run" under the answer to a person's question. */
import type { App } from '@slack/bolt';
import { reply } from '../blocks/reply.ts';
import { unknownButton } from '../desk.ts';
import { INQUIRY_OPEN, INQUIRY_RERUN, readOpaqueId } from '../ids.ts';
import { type ListenerParts, pressed } from '../listener-parts.ts';
import { PressBody } from '../schema.ts';

export function listenToInquiryButtons(app: App, parts: ListenerParts): void {
  app.action(/^inquiry:(open-incident|rerun)$/, async ({ ack, body, respond }) => {
    await ack();
    const press = PressBody.parse(body);
    const { actor, gesture } = pressed(press, respond);
    await parts.desk.serve(gesture, async () => {
      const [action] = press.actions;
      const inquiry = readOpaqueId(action?.value ?? '');
      const button = buttonOf(action?.action_id ?? '');
      if (!inquiry || !button) throw unknownButton();
      const answer = await parts.useCases.pressInquiry({ button, inquiry, actor, gesture: gesture.id });
      return answer.whisper === undefined ? undefined : reply(answer.whisper, new Map());
    });
  });
}

function buttonOf(actionId: string): 'open-incident' | 'rerun' | undefined {
  if (actionId === INQUIRY_OPEN) return 'open-incident';
  return actionId === INQUIRY_RERUN ? 'rerun' : undefined;
}
