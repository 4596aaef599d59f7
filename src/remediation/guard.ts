/** Who may press what: pure policy over facts gathered before. Denies by default; every refusal says why and what would help. */
import { matchesGlob } from '../target/glob.ts';
import type { RemedyAction } from './action.ts';

export interface RemediationPolicy {
  /** `access.press`: Slack user ids; nobody may press until named here or in `userGroups`. */
  readonly users: readonly string[];
  readonly userGroups: readonly string[];
  /** `access.production`: namespace globs (`*` inside); a second person is needed there. */
  readonly production: readonly string[];
}

/** What was found out about whoever presses, before deciding. */
export interface Presser {
  readonly user: string;
  /** Of the configured user groups, those the person is in; `unknown` when Slack could not be asked. */
  readonly groups: readonly string[] | 'unknown';
  /** Set when the account is of another organisation, a guest, a bot or deleted. */
  readonly outsider?: string;
  readonly channel: string;
}

export type Decision =
  /** May go on to the confirm view (or, at submission, be run). */
  | { readonly kind: 'go'; readonly production: boolean }
  /** Recorded as the first of two; somebody else must confirm. */
  | { readonly kind: 'second-person'; readonly from: string }
  | { readonly kind: 'refuse'; readonly reason: string };

export interface GuardRequest {
  readonly action: RemedyAction;
  readonly presser: Presser;
  readonly now: number;
  /** `submit`: the confirm view was submitted; `press`: the button was pressed. */
  readonly moment: 'press' | 'submit';
}

/** Decides one press. Pure and total. */
export function decide(policy: RemediationPolicy, request: GuardRequest): Decision {
  const { action, presser } = request;
  const refusal = notAllowed(policy, presser) ?? wrongPlace(action, presser) ?? overtaken(action, request.now);
  if (refusal) return { kind: 'refuse', reason: refusal };
  const production = isProduction(policy, action.target.namespace);
  if (!production) return { kind: 'go', production };
  if (action.requestedBy === undefined) {
    return request.moment === 'press' ? { kind: 'go', production } : { kind: 'second-person', from: presser.user };
  }
  if (action.requestedBy === presser.user) return { kind: 'second-person', from: presser.user };
  return { kind: 'go', production };
}

/** Whether a second person is needed in this namespace. */
function isProduction(policy: RemediationPolicy, namespace: string): boolean {
  return policy.production.some((glob) => matchesGlob(glob, namespace));
}

function notAllowed(policy: RemediationPolicy, presser: Presser): string | undefined {
  if (presser.outsider) return `Buttons are not for ${presser.outsider}.`;
  if (policy.users.length === 0 && policy.userGroups.length === 0) {
    return 'Nobody may press this yet: an administrator names people or user groups under access.press in pullcheck.yaml.';
  }
  if (policy.users.includes(presser.user)) return undefined;
  if (policy.userGroups.length === 0)
    return 'You are not among the people who may press this (access.press in pullcheck.yaml).';
  if (presser.groups === 'unknown')
    return 'Slack could not say whether you are in the group that may press this, so the answer is no. Try again in a minute.';
  const isMember = policy.userGroups.some((group) => presser.groups.includes(group));
  return isMember ? undefined : 'You are not in a user group that may press this (access.press in pullcheck.yaml).';
}

function wrongPlace(action: RemedyAction, presser: Presser): string | undefined {
  return action.thread.channel === presser.channel ? undefined : 'This button belongs to another channel.';
}

function overtaken(action: RemedyAction, now: number): string | undefined {
  switch (action.state) {
    case 'offered':
      return now >= action.expiresAt
        ? 'This button is too old: things may have changed since. Press Re-run for a fresh diagnosis.'
        : undefined;
    case 'claimed':
    case 'running':
    case 'verifying':
      return 'Already under way; the thread tells how it goes.';
    case 'done':
    case 'handed-over':
      return 'Already done. Press Re-run for a fresh diagnosis.';
    case 'failed':
    case 'refused':
      return 'This was tried and did not help. Press Re-run for a fresh diagnosis.';
  }
}
