/** What a registry answered, as typed evidence: every step recorded, nothing thrown, no default that blames someone. */
import type { Padded } from '../image/keyring.ts';
import type { RegistryKind } from '../image/registry.ts';
import type { Sealed } from '../sealed.ts';

/** A way to ask: anonymous, or a user name and password that came from somewhere we can name. */
export type RegistryCredential =
  | {
      readonly kind: 'anonymous';
      /** With plain http where the configuration says nothing: never with a login, which anybody on the way could read. */
      readonly inTheClear?: true;
    }
  | {
      readonly kind: 'password';
      /** Where it came from: `secret/regcred, entry https://ghcr.io`, `the bot's own`. Shown to people. */
      readonly source: string;
      readonly origin: 'pull-secret' | 'bot' | 'new';
      readonly secret?: string;
      readonly entry?: string;
      readonly username: string;
      readonly password: Sealed;
      /** When a token that serves as the password says that it runs out, ms: a hint, not checked. */
      readonly expiresAt?: number;
      /** Its entry has a token where the kubelet does not look, and no password. */
      readonly onlyToken?: true;
      readonly padded?: Padded;
    };

export const anonymous: RegistryCredential = { kind: 'anonymous' };
/** See `inTheClear`. */
export const anonymousInTheClear: RegistryCredential = { kind: 'anonymous', inTheClear: true };

/** See `inTheClear`. */
export function isInTheClear(credential: RegistryCredential): boolean {
  return credential.kind === 'anonymous' && credential.inTheClear === true;
}

/** How it fails on the way; the names are pull-error kinds. */
export type NetworkFault =
  | 'dns-failure'
  | 'connection-refused'
  | 'connection-timeout'
  | 'connection-reset'
  | 'network-unreachable'
  | 'tls-untrusted'
  | 'tls-handshake'
  | 'http-vs-https'
  | 'proxy-failure'
  | 'registry-unreachable';

/** What is wrong with a certificate, as far as it can be told from outside. */
export type CertificateFault =
  | 'expired'
  | 'not-yet-valid'
  | 'wrong-name'
  | 'self-signed'
  /** The authority at the end of the chain is not trusted. */
  | 'unknown-ca'
  /** Only the host's own certificate was sent: an intermediate is missing, or its authority is a private one. */
  | 'no-chain';

/** The certificate a host showed when it was not trusted. */
export interface CertificateView {
  /** Everything that is wrong, not only what OpenSSL named first; absent in cases saved by older versions. */
  readonly faults?: readonly CertificateFault[];
  readonly subject: string;
  readonly issuer: string;
  readonly names: readonly string[];
  readonly validFrom: string;
  readonly validTo: string;
  /** OpenSSL's word: `SELF_SIGNED_CERT_IN_CHAIN`, `CERT_HAS_EXPIRED`, … */
  readonly problem: string;
}

/** One step of an image's way from the registry's name to its manifest. */
export interface Stage {
  /** `api`: the first answer under `/v2/`, before any credential. */
  readonly name: 'dns' | 'tcp' | 'tls' | 'api' | 'token' | 'manifest';
  /** Host and port; the token server's for its steps. */
  readonly host: string;
  readonly state: 'reached' | 'failed' | 'not-tried';
  /** Absent: not tried, or part of the step before. */
  readonly ms?: number;
  /** Of `dns`: what the name resolves to, from the bot's place. */
  readonly addresses?: readonly string[];
  /** Of `tls`: `TLSv1.3`. */
  readonly protocol?: string;
  /** HTTP status. */
  readonly status?: number;
}

/** Something else than a container image that a registry keeps. */
export interface ArtifactView {
  /** `a Helm chart`; `an artifact` where its kind has no name here. */
  readonly name: string;
  /** Media type that tells it. */
  readonly type: string;
}

export interface ManifestView {
  readonly digest: string;
  readonly mediaType: string;
  /** `linux/amd64`, `linux/arm64/v8`, `windows(10.0.20348.2227)/amd64`; attestations left out; empty for a single-platform manifest. */
  readonly platforms: readonly string[];
  /** Digests of an index's platform manifests; empty for a single manifest. */
  readonly manifests: readonly string[];
  readonly configDigest?: string;
  /** It is of no container image; absent where nothing tells. */
  readonly artifact?: ArtifactView;
  /** An index without any image in it. */
  readonly listsNothing?: boolean;
  /** Seen through HEAD only (Docker Hub, where a GET counts as a pull): platforms and manifests are then unknown, not empty. */
  readonly headOnly?: boolean;
}

/** The registry's answer to one GET of the manifest with one credential. */
export type AccessOutcome =
  | { readonly kind: 'found'; readonly manifest: ManifestView }
  /** 404. `code` is the registry's own (`MANIFEST_UNKNOWN`, `NAME_UNKNOWN`), else empty. */
  | { readonly kind: 'missing'; readonly code: string; readonly message: string }
  /** 401 at the token server or at the manifest. */
  | {
      readonly kind: 'unauthorized';
      readonly at: 'token' | 'manifest';
      readonly code: string;
      readonly message: string;
    }
  /** 403 or DENIED. */
  | { readonly kind: 'denied'; readonly at: 'token' | 'manifest'; readonly code: string; readonly message: string }
  | { readonly kind: 'rate-limited'; readonly retryAfterSeconds?: number; readonly message: string }
  | { readonly kind: 'server-error'; readonly status: number; readonly message: string }
  /** Something answered that is no registry (HTML, a portal, an unknown media type). */
  | { readonly kind: 'not-a-registry'; readonly status: number; readonly contentType: string }
  /** Schema 1 or another format that current runtimes refuse. */
  | { readonly kind: 'unsupported-manifest'; readonly mediaType: string; readonly artifact?: ArtifactView }
  | {
      readonly kind: 'network';
      readonly fault: NetworkFault;
      readonly detail: string;
      readonly certificate?: CertificateView;
    }
  /**
   * We did not go on, for safety: `reason` names what is link-local, metadata, foreign, or too large. `after`: what the registry had
   * answered by then (a redirect, a token server to ask, the manifest itself); absent: it was not asked at all.
   */
  | { readonly kind: 'refused'; readonly reason: string; readonly after?: 'redirect' | 'realm' | 'answer' };

/** What `/v2/` itself, where no repository is named, says to a login: `unknown` where it does not tell (it lets anybody in, or failed). */
export type LoginAnswer = 'accepted' | 'rejected' | 'unknown';

/** Exactly what is there, by an API that does not hide. */
export type ImageDescription =
  | { readonly kind: 'found'; readonly digest?: string /** ms */; readonly pushedAt?: number }
  | { readonly kind: 'image-not-found' }
  | { readonly kind: 'repository-not-found' };

export interface AccessAttempt {
  readonly credential: RegistryCredential;
  readonly outcome: AccessOutcome;
  /** After a Basic registry refused this password for the repository: is the login itself good? Absent when that was not asked. */
  readonly login?: LoginAnswer;
  /**
   * `distribution`: the answer has the header and the error shape of docker-registry, which has no rights by repository under Basic, so
   * that its "not there" hides nothing. `product`: it names itself as one that may hide (Artifactory, Nexus, …). Absent where that
   * cannot be told.
   */
  readonly software?: 'distribution' | 'product';
  /** Which registry answered, by its name or its token server; absent when it was not asked. */
  readonly kind?: RegistryKind;
  /**
   * What this registry is known to hide by such an answer. `missing-or-forbidden`: it says the same for both. null: it says what it
   * means, so its "not there" can be believed. Absent where nothing documented decides.
   */
  readonly hides?: 'missing-or-forbidden' | null;
  /** Why a login by this user name cannot be right there; only where it was refused. */
  readonly userFault?: string;
  /** The image exists, and a rule of the registry (vulnerable, unsigned, unscanned) forbids pulling it. */
  readonly blocked?: true;
  /** What Amazon's own API says of the image, asked with Pullcheck's AWS credentials; absent where there are none or it failed. */
  readonly described?: ImageDescription;
  /** How it was asked; absent when no address could be made of the host. */
  readonly scheme?: 'http' | 'https';
  /** What the registry asked for: none, Basic, Bearer (realm kept without its query). */
  readonly challenge: { readonly scheme: 'none' | 'basic' | 'bearer' | 'unknown'; readonly realm?: string };
  /** The token step of a Bearer registry; `granted` are the JWT's actions for this repository, absent when it cannot be read. */
  readonly token?: { readonly status: number; readonly granted?: readonly string[] };
  /** HTTP status of the manifest answer; absent when none came. */
  readonly status?: number;
  /** Quota headers (`ratelimit-limit`, `ratelimit-remaining`), of the bot's address and credential, not of the node's. */
  readonly quota?: { readonly limit?: string; readonly remaining?: string };
  /**
   * How it got there, step by step. Steps of the connection are here only where one was made for this question: another uses one
   * from before. After a step that failed, the others are `not-tried`.
   */
  readonly way?: readonly Stage[];
  readonly durationMs: number;
}

/** What a registry holds, as far as it tells. */
export interface RepositoryList {
  readonly names: readonly string[];
  /** true: there are more. */
  readonly truncated: boolean;
}

export type TagAnswer =
  | {
      readonly kind: 'listed';
      readonly names: readonly string[] /** true: pages were cut at our cap */;
      readonly truncated: boolean;
      /** The registry lists the oldest first, so the cut took the newest. */
      readonly lacks?: 'newest';
    }
  /** 404: the repository does not exist (for whoever asked). `repositories`: those that are there, where they were asked for and told. */
  | { readonly kind: 'missing'; readonly repositories?: RepositoryList }
  | { readonly kind: 'failed'; readonly outcome: AccessOutcome };

/** Everything asked about one image, in the order asked. */
export interface RegistryAccess {
  /** Host and port that were asked. */
  readonly host: string;
  /** How it was asked; absent: https. */
  readonly scheme?: 'http' | 'https';
  /** ms */
  readonly askedAt?: number;
  readonly attempts: readonly AccessAttempt[];
  /** How many more of the pod's credentials the kubelet would try; absent: all were tried. */
  readonly untried?: number;
}
