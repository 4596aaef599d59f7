/** What a person asked in Slack. It opens no incident and pages nobody. */
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import type { Scope } from '../evidence/scope.ts';
import type { CredentialsView } from '../image/credentials-view.ts';
import type { ThreadRef } from '../remediation/action.ts';
import type { TargetRequest } from '../target/target.ts';

export type InquiryRequest =
  | { readonly verb: 'pod'; readonly target: TargetRequest }
  /** `namespace` absent: all. */
  | { readonly verb: 'scope'; readonly namespace?: string }
  | ImageRequest;

interface AboutImage {
  /** As a pod's spec would write it. */
  readonly image: string;
  readonly namespace: string;
  /** Absent: `default`. */
  readonly serviceAccount?: string;
}

/** About an image that need not run anywhere: would it pull, and which credentials would be tried. */
export type ImageRequest = (AboutImage & { readonly verb: 'image' }) | (AboutImage & { readonly verb: 'credentials' });

export interface Inquiry {
  readonly id: string;
  readonly request: InquiryRequest;
  /** Slack user id. */
  readonly by: string;
  readonly channel: string;
  /** Set when asked inside a thread (mention): the answer goes there. Otherwise the root message we posted. */
  readonly thread?: ThreadRef;
  readonly askedAt: number;
  readonly diagnosis?: Diagnosis;
  readonly scope?: Scope;
  readonly credentials?: CredentialsView;
  /** Why there is no answer, for a person: no such target, several of them. */
  readonly unanswered?: string;
  /** Set by the button "Open incident". */
  readonly incident?: string;
}

/** Keeps inquiries for 24 h. */
export interface InquiryStore {
  put(inquiry: Inquiry): Promise<void>;
  get(id: string): Promise<Inquiry | undefined>;
}
