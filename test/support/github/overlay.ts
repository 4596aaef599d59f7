/** What emulate's GitHub lacks: runs that can be made up, their jobs, attempts and logs, attestations, and bad days. Everything else passes through. */
import { defineEmulator } from 'emulate';
import type { CodeTrouble, RepositoryStory } from '../fake-code-host.ts';
import { attestationAnswer, jobAnswer, runAnswer } from './shapes.ts';

/** Runs with what belongs to them; branches and files are emulate's own. */
export type Builds = Pick<RepositoryStory, 'runs' | 'jobs' | 'attested'>;

export interface OverlayState {
  /** By `owner/name`; every repository has an entry. */
  readonly builds: Record<string, Builds>;
  /** `GET /repos/acme/shop/actions/runs?head_sha=…` in the order asked. */
  readonly requests: string[];
  trouble: CodeTrouble | undefined;
}

export interface OverlayParts {
  readonly state: OverlayState;
  /** Where emulate's own GitHub listens. */
  readonly inner: string;
  /** Of the log store. */
  readonly logs: string;
}

type Context = Parameters<Parameters<Parameters<Parameters<typeof defineEmulator>[0]['setup']>[0]['app']['get']>[1]>[0];
type Reply = Response | Promise<Response>;

const notFound = { message: 'Not Found', documentation_url: 'https://docs.github.com/rest', status: '404' };

export function githubOverlay({ state, inner, logs }: OverlayParts) {
  function buildsOf(c: Context): Builds | undefined {
    return state.builds[`${c.req.param('owner')}/${c.req.param('repo')}`];
  }
  function attempts(c: Context): Builds['runs'] {
    return (buildsOf(c)?.runs ?? []).filter(({ id }) => id === Number(c.req.param('run')));
  }
  /** The newest attempt, or the one that the path names. */
  function runOf(c: Context): Builds['runs'][number] | undefined {
    const asked = c.req.param('attempt');
    return asked === undefined || asked === ''
      ? attempts(c).toSorted((a, b) => b.attempt - a.attempt)[0]
      : attempts(c).find(({ attempt }) => attempt === Number(asked));
  }
  function jobsOf(c: Context): Reply {
    const run = runOf(c);
    const held = buildsOf(c)?.jobs ?? {};
    const jobs = run === undefined ? undefined : (held[`${run.id}/${run.attempt}`] ?? held[run.id]);
    if (jobs === undefined) return c.json(notFound, 404);
    return c.json({ total_count: jobs.length, jobs: pageOf(c, jobs).map(jobAnswer) });
  }

  return defineEmulator({
    name: 'github-builds',
    state: () => ({}),
    setup({ app }) {
      app.use('*', async (c, next) => {
        const { pathname, search } = new URL(c.req.url);
        state.requests.push(`${c.req.method} ${pathname}${search}`);
        const bad = await badDay(c, state.trouble);
        if (bad) return bad;
        await next();
        return undefined;
      });
      const listed = (c: Context): Reply => {
        if (buildsOf(c) === undefined) return c.json(notFound, 404);
        const newest = (buildsOf(c)?.runs ?? []).filter(
          (run, _n, all) => !all.some((other) => other.id === run.id && other.attempt > run.attempt),
        );
        const asked = newest
          .filter((run) => isAsked(c, run))
          .toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id);
        return c.json({ total_count: asked.length, workflow_runs: pageOf(c, asked).map(runAnswer) });
      };
      app.get('/repos/:owner/:repo/actions/runs', listed);
      app.get('/repos/:owner/:repo/actions/workflows/:workflow/runs', listed);
      for (const path of [
        '/repos/:owner/:repo/actions/runs/:run',
        '/repos/:owner/:repo/actions/runs/:run/attempts/:attempt',
      ])
        app.get(path, (c) => {
          const run = runOf(c);
          return run === undefined ? c.json(notFound, 404) : c.json(runAnswer(run));
        });
      app.get('/repos/:owner/:repo/actions/runs/:run/jobs', jobsOf);
      app.get('/repos/:owner/:repo/actions/runs/:run/attempts/:attempt/jobs', jobsOf);
      app.get('/repos/:owner/:repo/actions/jobs/:job/logs', (c) => {
        if (state.trouble === 'logs-gone') return c.json({ message: 'Server Error: logs have expired' }, 410);
        if (state.trouble === 'logs-forbidden')
          return c.json({ message: 'Must have admin rights to Repository.' }, 403, {
            'x-accepted-github-permissions': 'actions=read',
          });
        return c.redirect(`${logs}/logs/${c.req.param('job')}?sig=signed`, 302);
      });
      app.post('/repos/:owner/:repo/actions/runs/:run/rerun-failed-jobs', (c) => {
        const run = runOf(c);
        const builds = buildsOf(c);
        if (run === undefined || builds === undefined) return c.json(notFound, 404);
        const { conclusion, ...rest } = run;
        if (conclusion === undefined || conclusion === 'success')
          return c.json({ message: 'This workflow run cannot be retried' }, 403);
        state.builds[run.repository] = {
          ...builds,
          runs: [...builds.runs, { ...rest, attempt: run.attempt + 1, progress: 'waiting' }],
        };
        return c.json({}, 201);
      });
      app.get('/repos/:owner/:repo/attestations/:digest', (c) => {
        const digest = c.req.param('digest');
        const attested = buildsOf(c)?.attested ?? {};
        if (!(digest in attested)) return c.json(notFound, 404);
        return c.json({ attestations: [attestationAnswer(digest, attested[digest])] });
      });
      for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
        app.on(method, '/:rest{.+}', async (c) => passOn(c, inner));
    },
  });
}

function isAsked(c: Context, run: Builds['runs'][number]): boolean {
  const sha = c.req.query('head_sha');
  const branch = c.req.query('branch');
  const workflow = c.req.param('workflow');
  const [from, to] = (c.req.query('created') ?? '').split('..').map((text) => Date.parse(text));
  return (
    (workflow === undefined || workflow === '' || run.path.endsWith(`/${workflow}`)) &&
    (sha === undefined || run.headSha === sha) &&
    (branch === undefined || run.headBranch === branch) &&
    (from === undefined || Number.isNaN(from) || to === undefined || (run.createdAt >= from && run.createdAt <= to))
  );
}

function pageOf<T>(c: Context, list: readonly T[]): readonly T[] {
  const size = Number(c.req.query('per_page') ?? 30);
  const page = Number(c.req.query('page') ?? 1);
  return list.slice((page - 1) * size, page * size);
}

async function badDay(c: Context, trouble: CodeTrouble | undefined): Promise<Response | undefined> {
  switch (trouble) {
    case 'forbidden':
      // An App may always ask for its own installation and token.
      if (/\/installation$|^\/app\//.test(new URL(c.req.url).pathname)) return undefined;
      return c.json({ message: 'Resource not accessible by integration' }, 403);
    case 'down':
      return c.html('<html><body><h1>Unicorn!</h1></body></html>', 503);
    case 'rate-limited':
      return c.json({ message: 'API rate limit exceeded for installation ID 77.' }, 403, {
        'x-ratelimit-remaining': '0',
        'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1800),
      });
    case 'slow':
      return new Promise<Response>((resolve) => {
        c.req.raw.signal.addEventListener('abort', () => resolve(c.body(null, 503)), { once: true });
      });
    case 'logs-gone':
    case 'logs-forbidden':
    case undefined:
      return undefined;
  }
}

async function passOn(c: Context, inner: string): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  const body = ['GET', 'HEAD'].includes(c.req.method) ? undefined : await c.req.text();
  const answer = await fetch(`${inner}${pathname}${search}`, {
    method: c.req.method,
    headers: { authorization: c.req.header('authorization') ?? '', 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body }),
  });
  const text = await answer.text();
  return c.body(text === '' ? null : text, answer.status, {
    'content-type': answer.headers.get('content-type') ?? 'application/json',
  });
}
