/** The part of GitHub's REST API that the program uses, on repositories in memory. */
import { formatTime } from '../../../clock.ts';
import { commitAnswer, jobAnswer, pullAnswer, runAnswer } from './answers.ts';
import { addCommit, commitAt, type SimulatedRepository, shaOf, treeOf } from './repository.ts';
import { NewCommit, NewPull, NewRef, NewTree } from './schema.ts';

export interface ApiReply {
  readonly status: number;
  readonly body: unknown;
  /** For a redirect. */
  readonly location?: string;
}

export interface ApiCall {
  readonly repository: SimulatedRepository;
  /** What the route's pattern caught. */
  readonly parts: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** `http://127.0.0.1:3000`. */
  readonly web: string;
  readonly now: number;
}

interface Route {
  readonly method: 'GET' | 'POST';
  /** Below `/repos/owner/name`. */
  readonly path: RegExp;
  answer(call: ApiCall): ApiReply;
}

const NOT_FOUND: ApiReply = { status: 404, body: { message: 'Not Found' } };
const UNREADABLE: ApiReply = { status: 422, body: { message: 'Validation Failed' } };

function ok(body: unknown): ApiReply {
  return { status: 200, body };
}

const READS: readonly Route[] = [
  {
    method: 'GET',
    path: /^$/,
    answer: ({ repository }) =>
      ok({ full_name: repository.name, default_branch: 'main', archived: false, permissions: { push: true } }),
  },
  {
    method: 'GET',
    path: /^\/commits\/(.+)$/,
    answer: ({ repository, parts: [ref = ''] }) => {
      const commit = commitAt(repository, ref);
      return commit ? ok(commitAnswer(commit)) : { status: 422, body: { message: `No commit found for SHA: ${ref}` } };
    },
  },
  {
    method: 'GET',
    path: /^\/contents\/(.+)$/,
    answer: ({ repository, parts: [path = ''], query }) => {
      const text = commitAt(repository, query.get('ref') ?? 'main')?.files.get(path);
      if (text === undefined) return NOT_FOUND;
      const content = Buffer.from(text).toString('base64');
      return ok({ type: 'file', encoding: 'base64', size: text.length, content });
    },
  },
  { method: 'GET', path: /^\/actions(?:\/workflows\/([^/]+))?\/runs$/, answer: listRuns },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)(?:\/attempts\/(\d+))?$/,
    answer: ({ repository, parts: [id, attempt] }) => {
      const run = repository.runs.find((one) => one.id === Number(id));
      return run && (attempt === undefined || Number(attempt) === run.attempt) ? ok(runAnswer(run)) : NOT_FOUND;
    },
  },
  {
    method: 'GET',
    path: /^\/actions\/runs\/(\d+)(?:\/attempts\/\d+)?\/jobs$/,
    answer: ({ repository, parts: [id] }) => {
      const jobs = repository.jobs.get(Number(id));
      return jobs ? ok({ total_count: jobs.length, jobs: jobs.map(jobAnswer) }) : NOT_FOUND;
    },
  },
  {
    method: 'GET',
    path: /^\/actions\/jobs\/(\d+)\/logs$/,
    answer: ({ repository, parts: [id = ''], web }) =>
      repository.logs.has(Number(id))
        ? { status: 302, body: '', location: `${web}/${repository.name}/logs/${id}` }
        : { status: 410, body: { message: 'Server Error' } },
  },
  { method: 'GET', path: /^\/git\/ref\/heads\/(.+)$/, answer: (call) => refOf(call, call.parts[0] ?? '') },
  {
    method: 'GET',
    path: /^\/git\/commits\/(\w+)$/,
    answer: ({ repository, parts: [sha = ''] }) => {
      const commit = repository.commits.get(sha);
      return commit ? ok({ sha, tree: { sha: treeOf(commit) } }) : NOT_FOUND;
    },
  },
  { method: 'GET', path: /^\/git\/trees\/([\w.:-]+)$/, answer: readTree },
  {
    method: 'GET',
    path: /^\/compare\/(.+)\.\.\.(.+)$/,
    answer: ({ repository, parts: [from = '', to = ''] }) => {
      const [base, head] = [commitAt(repository, from), commitAt(repository, to)];
      if (!base || !head) return NOT_FOUND;
      const paths = [...new Set([...base.files.keys(), ...head.files.keys()])];
      return ok({
        files: paths.filter((path) => base.files.get(path) !== head.files.get(path)).map((filename) => ({ filename })),
      });
    },
  },
  {
    method: 'GET',
    path: /^\/pulls$/,
    answer: ({ repository, query, web }) => {
      const head = (query.get('head') ?? '').replace(/^[^:]*:/, '');
      return ok(repository.pulls.filter((pull) => pull.head === head).map((pull) => pullAnswer(repository, pull, web)));
    },
  },
];

const WRITES: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/git\/trees$/,
    answer: ({ repository, body }) => {
      const wanted = NewTree.safeParse(body).data;
      const base = wanted && repository.trees.get(wanted.base_tree);
      if (!wanted || !base) return UNREADABLE;
      const files = new Map([...base, ...wanted.tree.map(({ path, content }) => [path, content] as const)]);
      const sha = treeOf({ files });
      repository.trees.set(sha, files);
      return { status: 201, body: { sha, tree: [] } };
    },
  },
  {
    method: 'POST',
    path: /^\/git\/commits$/,
    answer: ({ repository, body, now }) => {
      const wanted = NewCommit.safeParse(body).data;
      const files = wanted && repository.trees.get(wanted.tree);
      const parent = wanted?.parents[0];
      if (!wanted || !files || parent === undefined) return UNREADABLE;
      const { sha } = addCommit(repository, { parent, title: wanted.message, at: now, files });
      return { status: 201, body: { sha, tree: { sha: wanted.tree } } };
    },
  },
  {
    method: 'POST',
    path: /^\/git\/refs$/,
    answer: ({ repository, body }) => {
      const wanted = NewRef.safeParse(body).data;
      if (!wanted || !repository.commits.has(wanted.sha)) return UNREADABLE;
      const branch = wanted.ref.replace('refs/heads/', '');
      if (repository.branches.has(branch)) return { status: 422, body: { message: 'Reference already exists' } };
      repository.branches.set(branch, wanted.sha);
      return { status: 201, body: { ref: wanted.ref, object: { sha: wanted.sha } } };
    },
  },
  {
    method: 'POST',
    path: /^\/pulls$/,
    answer: ({ repository, body, web }) => {
      const wanted = NewPull.safeParse(body).data;
      if (!wanted || !repository.branches.has(wanted.head)) return UNREADABLE;
      const pull = { ...wanted, number: repository.pulls.length + 1 };
      repository.pulls.push(pull);
      return { status: 201, body: pullAnswer(repository, pull, web) };
    },
  },
  {
    method: 'POST',
    path: /^\/actions\/runs\/(\d+)\/rerun-failed-jobs$/,
    answer: ({ repository, parts: [id] }) => {
      const index = repository.runs.findIndex((one) => one.id === Number(id));
      const run = repository.runs[index];
      if (!run || run.conclusion === 'success') return { status: 403, body: { message: 'cannot be retried' } };
      const { conclusion: _ended, ...rest } = run;
      repository.runs[index] = { ...rest, attempt: run.attempt + 1, progress: 'waiting' };
      return { status: 201, body: {} };
    },
  },
];

function listRuns({ repository, parts: [workflow = ''], query }: ApiCall): ApiReply {
  const sha = query.get('head_sha');
  const branch = query.get('branch');
  const [from = '', to = ''] = (query.get('created') ?? '').split('..');
  const found = repository.runs.filter((run) => {
    const created = formatTime(run.createdAt);
    const inTime = from === '' || (created >= from && created <= to);
    return (
      (sha === null || run.headSha === sha) &&
      (branch === null || run.headBranch === branch) &&
      run.path.endsWith(workflow) &&
      inTime
    );
  });
  const runs = found.toSorted((a, b) => b.createdAt - a.createdAt);
  return ok({ total_count: runs.length, workflow_runs: runs.map(runAnswer) });
}

function refOf({ repository }: ApiCall, branch: string): ApiReply {
  const sha = repository.branches.get(branch);
  return sha === undefined ? NOT_FOUND : ok({ ref: `refs/heads/${branch}`, object: { sha } });
}

/** Folder by folder, as git has them: `SHA` the root, `SHA:folder/…` below it. `recursive`: every file at once. */
function readTree({ repository, parts: [asked = ''], query }: ApiCall): ApiReply {
  const [sha = '', folder = ''] = asked.split(':');
  const files = repository.trees.get(sha) ?? commitAt(repository, sha)?.files;
  if (!files) return NOT_FOUND;
  const prefix = folder === '' ? '' : `${folder.replaceAll('..', '/')}/`;
  const below = [...files]
    .filter(([path]) => path.startsWith(prefix))
    .map(([path, text]) => ({ path, rest: path.slice(prefix.length), text }));
  if (query.has('recursive')) {
    return ok({
      sha,
      truncated: false,
      tree: below.map(({ path, text }) => ({ path, mode: '100644', type: 'blob', sha: shaOf(text) })),
    });
  }
  const names = [...new Set(below.map(({ rest }) => rest.split('/', 1)[0] ?? ''))];
  const tree = names.map((name) => {
    const file = below.find(({ rest }) => rest === name);
    return file
      ? { path: name, mode: '100644', type: 'blob', sha: shaOf(file.text) }
      : { path: name, mode: '040000', type: 'tree', sha: `${sha}:${`${prefix}${name}`.replaceAll('/', '..')}` };
  });
  return ok({ sha, tree, truncated: false });
}

/** undefined: nothing here knows the path. */
export function answerApi(method: string, path: string, call: Omit<ApiCall, 'parts'>): ApiReply {
  for (const route of [...READS, ...WRITES]) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match) return route.answer({ ...call, parts: match.slice(1) });
  }
  return NOT_FOUND;
}
