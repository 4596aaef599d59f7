/** The result of a diagnosis: the public JSON shape of contract `pullcheck/v1`. Plain JSON, no secret anywhere. */
import type { Target } from '../target/target.ts';
import type { Cause } from './cause.ts';
import type { Confidence, Detail } from './check.ts';

export type Light = 'good' | 'bad' | 'unknown';
export type Severity = 'P1' | 'P2' | 'none';

/** The source runbook's first question: which of the three is it? */
export interface Lights {
  readonly reference: Light;
  readonly credentials: Light;
  readonly reachability: Light;
}

export interface DiagnosisFinding {
  readonly cause: Cause;
  readonly confidence: Confidence;
  readonly pod: string;
  readonly container: string;
  readonly image: string;
  readonly summary: string;
  /** Evidence kinds. */
  readonly because: readonly string[];
  readonly detail: Detail;
  /** What to do in this very case, where more is known than the catalogue says. */
  readonly fix?: string;
  /** What a person would type to do it, in order. */
  readonly commands?: readonly string[];
}

export interface StepReport {
  readonly id: string;
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'inconclusive' | 'skipped';
  readonly summary: string;
  /** What a person would type to see the same; empty when there is nothing to type. */
  readonly command: string;
  readonly durationMs: number;
}

export interface RemedyOffer {
  readonly id: string;
  readonly title: string;
  readonly risk: 'reversible' | 'disruptive' | 'secret-bearing';
  /** What a person would type to do it by hand. */
  readonly command: string;
  /** Validated by the remedy's own `Params` again before use. Never a secret. */
  readonly params: Detail;
  /** The pull request that this act opened before. */
  readonly standing?: Standing;
}

/** What became of an earlier act. */
export interface Standing {
  readonly number: number;
  /** Page for people. */
  readonly url: string;
  readonly state: 'open' | 'merged' | 'closed';
  /** One sentence: how it stands and whose turn it is. */
  readonly note: string;
  /** true: there is nothing left to press. */
  readonly settled: boolean;
}

/** One step of the way to a manifest; `fact` is empty where there is nothing to tell. */
export interface WayStep {
  /** `dns`, `tcp`, `tls`, `/v2/`, `token`, `manifest`. */
  readonly step: string;
  readonly host: string;
  readonly state: 'reached' | 'failed' | 'not-tried';
  readonly ms?: number;
  readonly fact: string;
}

/** What one image's registry answered. */
export interface RegistryReport {
  readonly image: string;
  readonly host: string;
  readonly way: readonly WayStep[];
  readonly asked: readonly AskedRow[];
}

/** One row of the experiment: who asked, what the token step said, what the manifest step said, what that means. */
export interface AskedRow {
  readonly credential: string;
  /** `200 granting [pull]`, `401`, `-` where there was no such step. */
  readonly token: string;
  readonly manifest: string;
  readonly means: string;
}

/** What the summary says, each thing once, for places that lay it out. Sentences without their last stop, but for `act`. */
export interface Told {
  readonly what: string;
  /** Pod and container; empty where there is none. */
  readonly where: string;
  /** To the minute; empty where it ran before. */
  readonly since: string;
  /** Whole sentences, the most urgent one first. */
  readonly act: string;
  /** Empty: nobody has to. */
  readonly owner: string;
  readonly notes: readonly string[];
}

export interface Diagnosis {
  readonly apiVersion: 'pullcheck/v1';
  /** `Preflight`: of an image that no pod runs; `target.kind` is then `Image`, and findings name no pod. */
  readonly kind: 'Diagnosis' | 'Preflight';
  readonly target: Target;
  readonly verdict: {
    readonly cause: Cause;
    readonly confidence: Confidence;
    readonly severity: Severity;
    /** One or two sentences for the person who was paged. */
    readonly summary: string;
    readonly alternatives: readonly Cause[];
    /** The summary in pieces; absent where nothing was found. */
    readonly told?: Told;
  };
  readonly lights: Lights;
  /** Evidence for each light, one sentence. */
  readonly lightNotes: { readonly reference: string; readonly credentials: string; readonly reachability: string };
  readonly findings: readonly DiagnosisFinding[];
  readonly ruledOut: readonly { readonly cause: Cause; readonly because: readonly string[] }[];
  readonly steps: readonly StepReport[];
  readonly scope: {
    readonly pods: number;
    readonly workloads: number;
    readonly namespaces: number;
    readonly nodes: number;
  };
  readonly remedies: readonly RemedyOffer[];
  /** What could not be seen and what to do about it (RBAC rules to add), one sentence each. */
  readonly gaps: readonly string[];
  /** What the registries answered, image by image, from the bot's place in the network. */
  readonly registries?: readonly RegistryReport[];
  /** How the request was understood, when it was not meant literally (a name that is no pod); why an act that the fault calls for is not offered. */
  readonly notes?: readonly string[];
  readonly startedAt: string;
  readonly durationMs: number;
  readonly calls: { readonly kubernetes: number; readonly registry: number; readonly github: number };
}
