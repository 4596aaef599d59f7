/** Opening and filling a window. */
import type { ModalView } from '@slack/types';
import type { WebClient } from '@slack/web-api';
import { errorOf, failureOf } from '../errors.ts';
import { OpenedView } from '../schema.ts';

interface OpenModal {
  readonly id: string;
  readonly hash: string | undefined;
}

export interface Modals {
  /** Needs a trigger less than 3 s old, once. Throws SlackError `expired-trigger-id`: the person presses again. */
  open(trigger: string, view: ModalView): Promise<OpenModal>;
  /** Replaces the content; `hash` keeps a slower answer from covering a newer one. A window closed meanwhile is no error. */
  fill(modal: OpenModal, view: ModalView): Promise<void>;
}

export function createModals(client: WebClient): Modals {
  return {
    async open(trigger, view) {
      try {
        const { view: opened } = OpenedView.parse(await client.views.open({ trigger_id: trigger, view }));
        return { id: opened.id, hash: opened.hash };
      } catch (error) {
        throw errorOf(failureOf(error, 'views.open'));
      }
    },
    async fill(modal, view) {
      try {
        await client.views.update({
          view_id: modal.id,
          view,
          ...(modal.hash === undefined ? {} : { hash: modal.hash }),
        });
      } catch (error) {
        const failure = failureOf(error, 'views.update');
        if (failure.kind === 'refused' && ['not_found', 'view_not_found', 'hash_conflict'].includes(failure.word))
          return;
        throw errorOf(failure);
      }
    },
  };
}
