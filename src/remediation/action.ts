/** A button's meaning, kept on our side: the button itself carries only the opaque id. */
import type { Detail } from '../diagnosis/check.ts';
import type { Target } from '../target/target.ts';

/** Where a thread is. */
export interface ThreadRef {
  readonly channel: string;
  /** The root message's ts. */
  readonly ts: string;
}

/** `handed-over`: carried out and read back; what is left to do is for people (a pull request to merge) or takes longer than we watch. */
export type ActionState =
  | 'offered'
  | 'claimed'
  | 'running'
  | 'verifying'
  | 'done'
  | 'handed-over'
  | 'failed'
  | 'refused';

/** One offered remedy. Stored; plain JSON; no secret. */
export interface RemedyAction {
  /** 128 bits, hex; the button's value. */
  readonly id: string;
  readonly remedy: string;
  readonly title: string;
  readonly risk: 'reversible' | 'disruptive' | 'secret-bearing';
  readonly params: Detail;
  readonly target: Target;
  readonly thread: ThreadRef;
  /** Incident, or inquiry, that offered it. */
  readonly subject: { readonly kind: 'incident' | 'inquiry'; readonly id: string };
  readonly offeredAt: number;
  readonly expiresAt: number;
  readonly state: ActionState;
  /** Slack user id of whoever asked first, when a second person must confirm. */
  readonly requestedBy?: string;
  readonly confirmedBy?: string;
  /** When it was claimed: what was made later is the act's doing. */
  readonly confirmedAt?: number;
  /** What was written; once it ended, how it ended. For people, so that saying it again after a crash says the same. */
  readonly outcome?: string;
}

/** Keeps actions. Every change is atomic; of two claims one wins. */
export interface ActionStore {
  put(action: RemedyAction): Promise<void>;
  get(id: string): Promise<RemedyAction | undefined>;
  /** Moves `from` -> the new record if the state still is `from`; false: somebody was faster (read it again). */
  move(id: string, from: ActionState, to: RemedyAction): Promise<boolean>;
  /** Records the first person of two, unless somebody already is; gives whoever it is now. */
  request(id: string, by: string): Promise<string | undefined>;
}

/** One line of the audit log: every press, also a refused one. */
export interface AuditEvent {
  readonly at: number;
  readonly actor: string;
  readonly what:
    | 'press'
    | 'refused'
    | 'requested'
    | 'confirmed'
    | 'applied'
    | 'failed'
    | 'verified'
    | 'undone'
    | 'acknowledge'
    | 'resolve'
    | 'escalate'
    | 'rerun'
    | 'open-incident';
  /** Remedy id and object, or the incident. */
  readonly subject: string;
  readonly reason?: string;
  readonly detail?: Detail;
}

/** Append-only. */
export interface AuditLog {
  append(event: AuditEvent): Promise<void>;
}
