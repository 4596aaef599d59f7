/** A remedy's button: a window at once (the trigger lives 3 s), then what would change. Nothing is done and nothing is claimed yet. */
import type { App } from '@slack/bolt';
import { unknownButton } from '../desk.ts';
import { REMEDY_ACTION, readOpaqueId, whereBlockId } from '../ids.ts';
import { type ListenerParts, pressed } from '../listener-parts.ts';
import { PressBody } from '../schema.ts';
import { failedView, loadingView, previewView } from '../views/remedy-view.ts';

export function listenToRemedyButton(app: App, parts: ListenerParts): void {
  app.action(REMEDY_ACTION, async ({ ack, body, respond }) => {
    await ack();
    const press = PressBody.parse(body);
    const { actor, gesture, channel, thread } = pressed(press, respond);
    await parts.desk.serve(gesture, async () => {
      const id = readOpaqueId(press.actions[0]?.value ?? '');
      if (!id) throw unknownButton();
      const opened = await parts.modals.open(press.trigger_id, loadingView());
      const view = await parts.useCases.remedy.preview(id, actor).then(
        (preview) => previewView(preview, whereBlockId(channel, thread)),
        (error: unknown) => failedView(parts.desk.explain(error)),
      );
      await parts.modals.fill(opened, view);
      return undefined;
    });
  });
}
