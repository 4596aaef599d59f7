/** What remedies may do to the outside: a handful of verbs, each with a precondition. */
import type { CodeHost } from '../evidence/code-host.ts';
import type { ClusterReader, RegistryReader } from '../evidence/ports.ts';
import type { RegistryCredential } from '../evidence/registry-access.ts';
import type { Sealed } from '../sealed.ts';
import type { WorkloadRef } from '../target/target.ts';
import type { CodeHostWriter } from './code-host.ts';
import type { WriteMode } from './write-mode.ts';

export type { WriteMode } from './write-mode.ts';

/** What a write changed. */
export interface WriteReceipt {
  readonly verb: 'patch' | 'update' | 'create' | 'delete';
  /** `secret/regcred`, `deployment/api`, `pod/api-1`. */
  readonly object: string;
  readonly namespace: string;
  readonly resourceVersion?: string;
}

/** The answer to a write: done, or why not. Never throws for what the API server says. */
export type WriteResult =
  | { readonly kind: 'done'; readonly receipt: WriteReceipt }
  /** The object changed since it was read (409), or is gone (404). */
  | { readonly kind: 'changed'; readonly reason: string }
  /** `rule` is the Role rule to add. */
  | { readonly kind: 'forbidden'; readonly reason: string; readonly rule: string }
  | { readonly kind: 'failed'; readonly reason: string };

export interface SecretContent {
  readonly namespace: string;
  readonly name: string;
  readonly type: string;
  readonly data: Readonly<Record<string, Sealed>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Writes to one cluster. `dry-run` uses the API server's own dry run, so that admission and RBAC are tested too. */
export interface ClusterWriter {
  /** Sets the pod template's restart annotation (`kubectl.kubernetes.io/restartedAt`), as kubectl does. */
  restartWorkload(
    workload: WorkloadRef & { readonly namespace: string },
    resourceVersion: string,
    at: string,
    mode: WriteMode,
    signal: AbortSignal,
  ): Promise<WriteResult>;
  /** Gives one container of the pod template another image; the other containers stay as they are. */
  setImage(
    workload: WorkloadRef & { readonly namespace: string },
    change: { readonly container: string; readonly role: 'init' | 'main'; readonly image: string },
    resourceVersion: string,
    mode: WriteMode,
    signal: AbortSignal,
  ): Promise<WriteResult>;
  /** Replaces these keys of an existing Secret of the same type; its other keys, labels and owners stay. */
  updateSecret(
    secret: SecretContent,
    resourceVersion: string,
    mode: WriteMode,
    signal: AbortSignal,
  ): Promise<WriteResult>;
  createSecret(secret: SecretContent, mode: WriteMode, signal: AbortSignal): Promise<WriteResult>;
  deleteSecret(namespace: string, name: string, mode: WriteMode, signal: AbortSignal): Promise<WriteResult>;
  /** With a uid precondition, so that a recreated pod of the same name is left alone. */
  deletePod(namespace: string, name: string, uid: string, mode: WriteMode, signal: AbortSignal): Promise<WriteResult>;
}

/** Where a rotation takes the new credential from (`credentialSources` in pullcheck.yaml). */
export interface CredentialSource {
  /** undefined: no source is configured for this registry host. Throws ConfigError when the configured one cannot be read. */
  credentialFor(
    registry: string,
    signal: AbortSignal,
  ): Promise<Extract<RegistryCredential, { kind: 'password' }> | undefined>;
}

export interface RemedyPorts {
  readonly reader: ClusterReader;
  readonly writer: ClusterWriter;
  readonly registry: RegistryReader;
  readonly credentials: CredentialSource;
  /** Absent: no GitHub access is configured. */
  readonly codeHost?: { readonly reader: CodeHost; readonly writer: CodeHostWriter };
  /** Page of the thread in which it was asked for; absent: there is none. */
  readonly thread?: string;
  /** RFC 3339, now. */
  readonly now: () => string;
}
