/** What a case file may hold of the builds. Loose where a field may be added later, exact where a check decides by it. */
import { z } from 'zod';
import { observation } from './case-observation-schema.ts';

const Text = z.string();
const Texts = z.array(Text);
const Count = z.number();
const Time = z.number().min(-8.64e15).max(8.64e15).optional();

const Progress = z.enum(['waiting', 'running', 'completed']);
const Held = z.enum(['approval', 'concurrency', 'runner']).optional();
const Commit = z.looseObject({ sha: Text, at: Time, title: Text, parents: Texts.optional() });
const Run = z.looseObject({
  id: Count,
  attempt: Count,
  repository: Text,
  path: Text,
  name: Text,
  headSha: Text,
  headBranch: Text.optional(),
  event: Text,
  progress: Progress,
  conclusion: Text.optional(),
  held: Held,
  createdAt: Count,
  startedAt: Time,
  updatedAt: Time,
  url: Text,
  referenced: z.array(z.looseObject({ path: Text, sha: Text })),
  number: Count.optional(),
  pullRequests: z.array(Count).optional(),
});
const Timed = { progress: Progress, conclusion: Text.optional(), startedAt: Time, completedAt: Time };
const Job = z.looseObject({
  id: Count,
  name: Text,
  ...Timed,
  held: Held,
  url: Text,
  steps: z.array(z.looseObject({ number: Count, name: Text, ...Timed })),
});
const Values = z.record(Text, Text);
const Pushed = z.looseObject({ repository: Text, tag: Text, digest: Text.optional(), at: Time });
const Log = z.looseObject({
  outputsSet: Texts.optional(),
  outputsMasked: Texts,
  steps: z.array(z.looseObject({ title: Text, env: Values, inputs: Values, at: Time, script: Text.optional() })),
  pushed: z.array(Pushed),
  planned: z.array(Pushed).optional(),
  mentions: z.array(z.looseObject({ word: Text, at: Time })).optional(),
  errors: Texts,
  truncated: z.boolean(),
});
const File = z.looseObject({ path: Text, repository: Text, sha: Text, text: Text });
const RunTrace = z.looseObject({
  run: Run,
  jobs: observation(z.array(z.looseObject({ job: Job, log: observation(Log) }))),
  workflow: observation(File),
  fileNote: Text.optional(),
  files: z.array(File),
  unread: Texts.optional(),
  supersededBy: Run.optional(),
  earlier: z.array(z.looseObject({ attempt: Count, headSha: Text, conclusion: Text.optional() })),
});

export const BuildTraceFile = z.looseObject({
  repository: Text,
  linkedBy: z.enum(['provenance', 'source-label', 'attestation', 'configured']),
  sibling: z.looseObject({ tag: Text, origin: z.looseObject({}) }).optional(),
  commit: observation(Commit),
  runs: observation(z.array(RunTrace)),
  listed: z
    .looseObject({ by: z.enum(['commit', 'time', 'sibling']), runs: z.array(Run), isComplete: z.boolean() })
    .optional(),
  builder: Text.optional(),
  siblingRun: Run.optional(),
  builderRuns: observation(z.looseObject({ runs: z.array(Run), truncated: z.boolean() })).optional(),
  builderFile: observation(File).optional(),
  lookedAt: Time,
  rolledOut: Time,
  branch: z.looseObject({ name: Text, head: observation(Commit) }).optional(),
  searched: Texts,
});

export const BuildJobsFile = z.looseObject({
  jobs: z.array(
    z.looseObject({
      name: Text,
      namespace: Text,
      builder: z.enum(['kaniko', 'buildkit', 'buildah', 'docker', 'other']),
      state: z.enum(['running', 'suspended', 'succeeded', 'failed']),
      destination: Text,
      match: z.enum(['exact', 'repository']),
      sameRegistry: z.boolean(),
      createdAt: Time,
      endedAt: Time,
    }),
  ),
  extent: z.enum(['cluster', 'namespace']),
  truncated: z.boolean(),
  log: observation(z.looseObject({ lines: z.array(Text), isCut: z.boolean() })),
});

const Owner = z.looseObject({
  controller: z.enum(['argo-cd', 'flux-kustomize', 'flux-helm']),
  application: Text,
  namespace: Text.optional(),
  sign: Text,
  isSure: z.boolean(),
});
export const GitOpsOwnerFile = Owner;
export const GitOpsSourceFile = z.looseObject({
  owner: Owner,
  origin: observation(
    z.array(
      z.looseObject({
        repoUrl: Text,
        path: Text,
        revision: Text.optional(),
        isPinned: z.boolean(),
        chart: Text.optional(),
        valueFiles: Texts,
        overrides: Texts,
      }),
    ),
  ),
  manifest: observation(
    z.looseObject({
      repository: Text,
      base: Text.optional(),
      changed: z.looseObject({ path: Text, line: z.number(), selector: Text, url: Text }).optional(),
      places: z.array(
        z.looseObject({
          path: Text,
          line: z.number(),
          form: z.enum(['image', 'tag']),
          url: Text,
          isWeak: z.boolean(),
          isShared: z.boolean(),
          object: Text.optional(),
          range: z.tuple([z.number(), z.number()]).optional(),
        }),
      ),
      read: Texts,
      isComplete: z.boolean(),
    }),
  ),
  convention: Text,
});
