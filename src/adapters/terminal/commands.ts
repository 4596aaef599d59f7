/** What the command line can ask for; `cli.ts` ties each to the program. */
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import type { Scope } from '../../evidence/scope.ts';
import type { CredentialsView } from '../../image/credentials-view.ts';
import type { StepProgress } from '../../runbook/runbook.ts';
import type { WorkloadKind } from '../../target/target.ts';
import type { WorkflowReport } from '../../workflow/finding.ts';

/** Flags that every reading command takes. */
export interface ReadFlags {
  readonly namespace?: string;
  readonly context?: string;
  readonly kubeconfig?: string;
  readonly signal: AbortSignal;
}

export interface Commands {
  /** `namespace` absent: the context's own. */
  pod(
    input: ReadFlags & {
      readonly name: string;
      readonly kind?: 'Pod' | WorkloadKind;
      readonly onProgress: (steps: readonly StepProgress[]) => void;
      /** Where a case file goes. */
      readonly saveCase?: string;
    },
  ): Promise<Diagnosis>;
  /** A Diagnosis of kind `Preflight`. */
  image(
    input: ReadFlags & {
      readonly image: string;
      readonly serviceAccount?: string;
      readonly onProgress: (steps: readonly StepProgress[]) => void;
      readonly saveCase?: string;
    },
  ): Promise<Diagnosis>;
  /** From a case file, without a cluster. */
  replay(file: string): Promise<Diagnosis>;
  /** `onCall`: how many pages of the list were asked for. */
  scope(input: ReadFlags & { readonly all: boolean; readonly onCall: (calls: number) => void }): Promise<Scope>;
  credentials(
    input: ReadFlags & { readonly image: string; readonly serviceAccount?: string; readonly files: readonly string[] },
  ): Promise<CredentialsView>;
  lintRunbooks(files: readonly string[]): Promise<RunbookReport>;
  /** `job`: only what concerns it. */
  checkWorkflows(
    files: readonly string[],
    options: { job?: string; changes?: boolean; write?: boolean },
  ): Promise<WorkflowReport>;
  serve(input: { readonly noWorker: boolean; readonly insecureWebhooks: boolean }): Promise<void>;
  worker(): Promise<void>;
  demo(input: {
    readonly terminal: boolean;
    readonly context?: string;
    readonly kubeconfig?: string;
    readonly port?: number;
  }): Promise<void>;
}

/** `kind: RunbookReport`: one problem a row; none: all are valid. */
export interface RunbookReport {
  readonly apiVersion: 'pullcheck/v1';
  readonly kind: 'RunbookReport';
  readonly files: number;
  readonly problems: readonly { readonly file: string; readonly line: number; readonly message: string }[];
}
