/** Acknowledge, Resolve, Escalate now, Re-run on an incident's root message. */
import type { App } from '@slack/bolt';
import { reply } from '../blocks/reply.ts';
import { unknownButton } from '../desk.ts';
import { INCIDENT_ACTION, incidentButton, readIncidentValue } from '../ids.ts';
import { type ListenerParts, pressed } from '../listener-parts.ts';
import { PressBody } from '../schema.ts';

export function listenToIncidentButtons(app: App, parts: ListenerParts): void {
  app.action(INCIDENT_ACTION, async ({ ack, body, respond }) => {
    await ack();
    const press = PressBody.parse(body);
    const { actor, gesture } = pressed(press, respond);
    await parts.desk.serve(gesture, async () => {
      const [action] = press.actions;
      const button = incidentButton(action?.action_id ?? '');
      const drawn = readIncidentValue(action?.value ?? '');
      if (!button || !drawn) throw unknownButton();
      const { id, version } = drawn;
      const answer = await parts.useCases.pressIncident({ button, incident: id, version, actor, gesture: gesture.id });
      return answer.whisper === undefined ? undefined : reply(answer.whisper, new Map());
    });
  });
}
