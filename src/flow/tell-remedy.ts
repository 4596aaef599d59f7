/** What became of a remedy, told to its incident and its thread. Everything here may be said again after a crash. */
import type { RemedyAction } from '../remediation/action.ts';
import type { RemediateDeps } from './remediate.ts';

type Voice = Pick<RemediateDeps, 'announcer' | 'tell'>;

/** It was written; whether it helped is not known yet. */
export async function tellApplied({ announcer, tell }: Voice, action: RemedyAction): Promise<void> {
  const wrote = action.outcome ?? '';
  const text = `${action.title}: done (${wrote}). Now watching whether it helped.`;
  await announcer.reply(action.thread, `${action.id}:applied`, text);
  await tell(action, 'remedy-applied', wrote);
}

/** How it ended: helped, did not help, or was refused. Nothing for an action that has not ended. */
export async function tellEnd({ announcer, tell }: Voice, action: RemedyAction): Promise<void> {
  const said = sentence(action);
  if (!said) return;
  const { note, words, event } = said;
  const told = await tell(action, event, action.outcome ?? '');
  if (told === undefined) await announcer.reply(action.thread, `${action.id}:${action.state}`, words);
  await announcer.settleAction(action, note);
}

function sentence({ state, title, outcome = '' }: RemedyAction) {
  switch (state) {
    case 'done':
      return {
        event: 'remedy-verified',
        note: 'done, seen to have helped',
        words: `${title} helped: ${outcome}`,
      } as const;
    case 'handed-over':
      return { event: 'remedy-applied', note: 'done; the rest is for people', words: `${title}: ${outcome}` } as const;
    case 'failed':
      return { event: 'remedy-failed', note: 'did not help', words: `${title} did not help: ${outcome}` } as const;
    case 'refused': {
      const words = `${title} was not carried out, nothing was changed: ${outcome}`;
      return { event: 'remedy-failed', note: 'was not carried out, nothing was changed', words } as const;
    }
    case 'offered':
    case 'claimed':
    case 'running':
    case 'verifying':
      return undefined;
  }
}
