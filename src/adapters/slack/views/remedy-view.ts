/** The confirm window: what changes (a live dry run), what it means, and only then a button. Its metadata is the action id alone. */
import type { KnownBlock, ModalView } from '@slack/types';
import type { RemedyPreview } from '../../../flow/use-cases.ts';
import type { RemedyAction } from '../../../remediation/action.ts';
import { kubectlName } from '../../../target/target.ts';
import { clampEscaped, code, escaped } from '../blocks/escape.ts';
import { fence, type Message, section } from '../blocks/parts.ts';
import { CONFIRM_VIEW } from '../ids.ts';

export function loadingView(): ModalView {
  return modal([section(':hourglass_flowing_sand: Reading the live object and trying it without changing anything…')]);
}

export function failedView(message: Message): ModalView {
  return modal([section(message.text)]);
}

/** `where`: block id that says where the answer goes. */
export function previewView(preview: RemedyPreview, where: string): ModalView {
  switch (preview.kind) {
    case 'refused':
      return modal([section(`:no_entry: *Not done.* ${clampEscaped(escaped(preview.reason), 2500)}`)]);
    case 'second-person':
      return modal([
        { ...section(`*${title(preview.action)}* ${target(preview.action)}`), block_id: where },
        section(
          `:busts_in_silhouette: *A second person has to confirm.* ${clampEscaped(escaped(preview.reason), 2000)}`,
        ),
        section('Your request is recorded. Somebody else who is allowed to presses the same button.'),
      ]);
    case 'confirm':
      return confirmView(preview, where);
  }
}

function confirmView(preview: Extract<RemedyPreview, { kind: 'confirm' }>, where: string): ModalView {
  const { action, plan, warnings } = preview;
  return {
    ...modal([
      { ...section(`*${title(action)}* ${target(action)}`), block_id: where },
      ...(action.requestedBy === undefined ? [] : [section('You are the second person: somebody else asked for it.')]),
      ...(warnings.length === 0 ? [] : [section(bullets(':warning: *Mind*', warnings))]),
      section(
        plan.diff.length === 0
          ? 'Nothing would change.'
          : `*What changes* (tried, nothing is done yet)\n${fence(plan.diff, 2800)}`,
      ),
      ...(plan.consequences.length === 0 ? [] : [section(bullets('*What happens then*', plan.consequences))]),
    ]),
    callback_id: CONFIRM_VIEW,
    private_metadata: action.id,
    submit: { type: 'plain_text', text: 'Do it' },
    close: { type: 'plain_text', text: 'Cancel' },
  };
}

function modal(blocks: KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Pullcheck' },
    close: { type: 'plain_text', text: 'Close' },
    blocks,
  };
}

function title(action: RemedyAction): string {
  return clampEscaped(escaped(action.title), 150);
}

function target(action: RemedyAction): string {
  return `· ${code(kubectlName(action.target), 260)} in ${code(action.target.namespace, 63)}, cluster ${code(action.target.cluster, 100)}`;
}

function bullets(head: string, lines: readonly string[]): string {
  return [head, ...lines.slice(0, 8).map((line) => `• ${clampEscaped(escaped(line), 330)}`)].join('\n');
}
