/** What the code host answers: only the fields that are used, lenient about everything else. Source: docs.github.com, REST API. */
import { z } from 'zod';

const Text = z.string().nullish();
/** RFC 3339. */
const Time = z.string().nullish();

export const Problem = z.object({ message: z.string() });

export const CommitAnswer = z.object({
  sha: z.string(),
  commit: z.object({ message: z.string(), committer: z.object({ date: Time }).nullish() }),
  parents: z.array(z.object({ sha: z.string() })).nullish(),
});

export const RunAnswer = z.object({
  id: z.int(),
  run_attempt: z.int().min(1).nullish(),
  run_number: z.int().min(1).nullish(),
  path: z.string(),
  name: Text,
  display_title: Text,
  head_sha: z.string(),
  head_branch: Text,
  event: z.string(),
  status: Text,
  conclusion: Text,
  created_at: z.string(),
  run_started_at: Time,
  updated_at: Time,
  html_url: z.string(),
  pull_requests: z.array(z.object({ number: z.int().min(1) })).nullish(),
  referenced_workflows: z.array(z.object({ path: z.string(), sha: z.string() })).nullish(),
});
export type RunAnswer = z.infer<typeof RunAnswer>;

export const RunsAnswer = z.object({ total_count: z.int(), workflow_runs: z.array(RunAnswer) });

const StepAnswer = z.object({
  number: z.int(),
  name: z.string(),
  status: Text,
  conclusion: Text,
  started_at: Time,
  completed_at: Time,
});

export const JobAnswer = z.object({
  id: z.int(),
  name: z.string(),
  status: Text,
  conclusion: Text,
  started_at: Time,
  completed_at: Time,
  html_url: Text,
  steps: z.array(StepAnswer).nullish(),
});
export type JobAnswer = z.infer<typeof JobAnswer>;

export const JobsAnswer = z.object({ total_count: z.int(), jobs: z.array(JobAnswer) });

/** A folder answers with a list, a link or a submodule with another type; a file of more than 1 MB with `encoding: none`. */
export const ContentAnswer = z.union([
  z.array(z.unknown()),
  z.object({
    type: z.string(),
    encoding: Text,
    content: Text,
    size: z.number().nullish(),
  }),
]);

/** Sigstore bundles; a large one is only linked, then `bundle` is null. */
export const AttestationsAnswer = z.object({
  attestations: z.array(
    z.object({ bundle: z.object({ dsseEnvelope: z.object({ payload: z.string() }).nullish() }).nullish() }),
  ),
});

/** An in-toto statement with SLSA provenance: v1 names the run in `runDetails.metadata`, v0.2 in the invocation's environment. */
export const Statement = z.object({
  subject: z.array(z.object({ digest: z.record(z.string(), z.string()) })),
  predicate: z.object({
    runDetails: z.object({ metadata: z.object({ invocationId: Text }).nullish() }).nullish(),
    metadata: z.object({ buildInvocationId: Text }).nullish(),
  }),
});

export type Statement = z.infer<typeof Statement>;

export const RepositoryAnswer = z.object({
  default_branch: z.string(),
  full_name: z.string(),
  archived: z.boolean().nullish(),
  /** Of a person's token; an App's installation has its own list. */
  permissions: z.object({ push: z.boolean().nullish() }).nullish(),
});

export const InstallationAnswer = z.object({ id: z.int() });

export const RefAnswer = z.object({ object: z.object({ sha: z.string() }) });

export const TreeAnswer = z.object({
  sha: z.string(),
  tree: z.array(z.object({ path: z.string(), mode: z.string(), type: z.string(), sha: z.string().nullish() })),
});

/** Of a whole repository; `truncated` beyond 100,000 entries or 7 MB (docs.github.com, "Get a tree"). */
export const FileTreeAnswer = z.object({
  tree: z.array(z.object({ path: Text, type: Text })),
  truncated: z.boolean().nullish(),
});

export const GitCommitAnswer = z.object({ sha: z.string(), tree: z.object({ sha: z.string() }) });

export const CompareAnswer = z.object({ files: z.array(z.object({ filename: z.string() })).nullish() });

export const PullAnswer = z.object({
  number: z.int(),
  html_url: z.string(),
  state: z.string(),
  merged_at: Time,
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
});
export type PullAnswer = z.infer<typeof PullAnswer>;

export const PullsAnswer = z.array(PullAnswer);

/** undefined: the text is not JSON. */
export function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
