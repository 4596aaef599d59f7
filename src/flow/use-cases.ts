/** What the surfaces (Slack, HTTP, terminal) may ask of the program: its sentences. START READING HERE. */
import type { Alert } from '../alert/alert.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Recording } from '../diagnosis/recording.ts';
import type { Scope } from '../evidence/scope.ts';
import type { CredentialsView } from '../image/credentials-view.ts';
import type { InquiryRequest } from '../incident/inquiry.ts';
import type { RemedyAction } from '../remediation/action.ts';
import type { RemedyPlan } from '../remediation/remedy.ts';
import type { StepProgress } from '../runbook/runbook.ts';
import type { TargetRequest } from '../target/target.ts';

/** Who acts, as the verified Slack payload says. */
export interface Actor {
  readonly user: string;
  readonly team?: string;
  readonly channel: string;
}

/** Diagnoses; no Slack, no store. Used by the terminal and by the worker. */
export interface DiagnoseUseCase {
  (input: {
    readonly request: TargetRequest;
    /** Absent: the default cluster. */
    readonly cluster?: string;
    /** Runbook id; default `image-pull`. */
    readonly runbook?: string;
    readonly onProgress?: (steps: readonly StepProgress[]) => void;
    /** Told what was seen when the run is over; for a case file. */
    readonly onRecording?: (recording: Recording) => void;
    readonly signal: AbortSignal;
  }): Promise<Diagnosis>;
}

/** Would this image pull there, with that account, on those nodes, now? A Diagnosis of kind `Preflight`. */
export interface PreflightUseCase {
  (input: {
    /** As a pod's spec would write it. */
    readonly image: string;
    readonly namespace: string;
    /** Default: `default`. */
    readonly serviceAccount?: string;
    /** Absent: the default cluster. */
    readonly cluster?: string;
    readonly onProgress?: (steps: readonly StepProgress[]) => void;
    readonly onRecording?: (recording: Recording) => void;
    readonly signal: AbortSignal;
  }): Promise<Diagnosis>;
}

/** Which credentials a new pod's kubelet would try for an image; never a password. */
export interface CredentialsUseCase {
  (input: {
    readonly image: string;
    readonly namespace: string;
    readonly serviceAccount?: string;
    readonly cluster?: string;
    readonly signal: AbortSignal;
  }): Promise<CredentialsView>;
}

export interface ScopeUseCase {
  (input: {
    readonly namespace?: string;
    readonly cluster?: string;
    /** After each request to the cluster: how many were sent. */
    readonly onCall?: (calls: number) => void;
    readonly signal: AbortSignal;
  }): Promise<Scope>;
}

/** Takes alerts: stored when this resolves. Throws StoreError when they could not be stored. */
export interface ReceiveAlertsUseCase {
  (batch: {
    readonly alerts: readonly Alert[] /** the list is a prefix */;
    readonly truncated: boolean;
  }): Promise<{
    readonly accepted: number;
    /** No runbook matches: counted and logged. */
    readonly unmatched: number;
  }>;
}

/** A person asked; acknowledges at once, answers later in Slack. `gesture` makes a redelivery harmless. */
export interface InquireUseCase {
  (input: {
    readonly request: InquiryRequest;
    readonly actor: Actor;
    readonly thread?: string;
    readonly gesture: string;
  }): Promise<void>;
}

/** An answer only for the person who pressed; undefined: the thread says it. */
export type PressAnswer = { readonly whisper?: string };

export type IncidentButton = 'acknowledge' | 'resolve' | 'escalate' | 'rerun';

export interface PressIncidentUseCase {
  (input: {
    readonly button: IncidentButton;
    readonly incident: string /** the version the button was drawn for */;
    readonly version: number;
    readonly actor: Actor;
    readonly gesture: string;
  }): Promise<PressAnswer>;
}

/** The button "Open incident" under an inquiry's result; also its "Re-run". */
export interface PressInquiryUseCase {
  (input: {
    readonly button: 'open-incident' | 'rerun';
    readonly inquiry: string;
    readonly actor: Actor;
    readonly gesture: string;
  }): Promise<PressAnswer>;
}

/** What the confirm view shows. */
export type RemedyPreview =
  | { readonly kind: 'refused'; readonly reason: string }
  /** Recorded; someone else must press too. */
  | { readonly kind: 'second-person'; readonly action: RemedyAction; readonly by: string; readonly reason: string }
  | {
      readonly kind: 'confirm';
      readonly action: RemedyAction;
      readonly plan: RemedyPlan;
      readonly warnings: readonly string[];
    };

export interface RemedyUseCases {
  /** Press -> guard -> live dry run. Writes nothing but the audit log (and who asked first). */
  preview(action: string, actor: Actor): Promise<RemedyPreview>;
  /** Submission of the confirm view: guard again, claim once, queue. */
  confirm(action: string, actor: Actor): Promise<PressAnswer>;
}

/** Everything the Slack surface calls. */
export interface SlackUseCases {
  readonly inquire: InquireUseCase;
  readonly pressIncident: PressIncidentUseCase;
  readonly pressInquiry: PressInquiryUseCase;
  readonly remedy: RemedyUseCases;
}
