/** Pages behind the links: a run, a file at a commit, a pull request. Plain, and only what a person who clicked wants to see. */
import { formatTime } from '../../../clock.ts';
import { commitAt, type SimulatedRepository } from './repository.ts';

const STYLE =
  'body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1f2328}pre{background:#f6f8fa;padding:.75rem;overflow:auto}.line{display:block}.line:target{background:#fff8c5}.add{background:#dafbe1}.del{background:#ffebe9}small{color:#59636e}@media(prefers-color-scheme:dark){body{background:#0d1117;color:#f0f6fc}pre{background:#151b23}.line:target{background:#563e00}.add{background:#12351f}.del{background:#44171b}}';

/** undefined: there is no such page. */
export function pageFor(repository: SimulatedRepository, path: string): string | undefined {
  const run = /^\/actions\/runs\/(\d+)/.exec(path);
  if (run) return runPage(repository, Number(run[1]));
  const file = /^\/blob\/([^/]+)\/(.+)$/.exec(path);
  if (file) return filePage(repository, file[1] ?? '', file[2] ?? '');
  const pull = /^\/pull\/(\d+)$/.exec(path);
  return pull ? pullPage(repository, Number(pull[1])) : undefined;
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title><style>${STYLE}</style><small>simulated GitHub of the Pullcheck demo</small><h1>${escape(title)}</h1>${body}</html>`;
}

function runPage(repository: SimulatedRepository, id: number): string | undefined {
  const run = repository.runs.find((one) => one.id === id);
  if (!run) return undefined;
  const jobs = (repository.jobs.get(id) ?? []).map((job) => {
    const log = repository.logs.get(job.id);
    return `<h2>${escape(job.name)} <small>${escape(job.conclusion ?? job.progress)}</small></h2>${log === undefined ? '<p>The log is gone.</p>' : `<pre>${escape(log)}</pre>`}`;
  });
  return page(
    `${repository.name}: run ${id} of ${run.name}`,
    `<p>${escape(run.event)} of ${escape(run.headSha.slice(0, 7))}, ${formatTime(run.createdAt)}</p>${jobs.join('')}`,
  );
}

function filePage(repository: SimulatedRepository, ref: string, path: string): string | undefined {
  const text = commitAt(repository, ref)?.files.get(path);
  if (text === undefined) return undefined;
  const lines = text
    .split('\n')
    .map(
      (line, index) => `<span class="line" id="L${index + 1}">${String(index + 1).padStart(3)}  ${escape(line)}</span>`,
    );
  return page(`${repository.name}/${path} at ${ref.slice(0, 7)}`, `<pre>${lines.join('')}</pre>`);
}

function pullPage(repository: SimulatedRepository, number: number): string | undefined {
  const pull = repository.pulls.find((one) => one.number === number);
  if (!pull) return undefined;
  const [before, after] = [commitAt(repository, pull.base)?.files, commitAt(repository, pull.head)?.files];
  const changed = [...(after ?? [])].filter(([path, text]) => before?.get(path) !== text);
  const diffs = changed.map(
    ([path, text]) => `<h2>${escape(path)}</h2><pre>${diffOf(before?.get(path) ?? '', text)}</pre>`,
  );
  return page(
    `#${number} ${pull.title}`,
    `<p>${escape(pull.head)} into ${escape(pull.base)}</p><pre>${linked(pull.body)}</pre>${diffs.join('')}`,
  );
}

/** Whole file; lines that only one side has are marked. Enough for edits of a few lines. */
function diffOf(before: string, after: string): string {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const out: string[] = [];
  let at = 0;
  for (const line of fresh) {
    const next = old.indexOf(line, at);
    if (next < 0) {
      out.push(mark('add', `+ ${line}`));
      continue;
    }
    out.push(...old.slice(at, next).map((gone) => mark('del', `- ${gone}`)), mark('', `  ${line}`));
    at = next + 1;
  }
  return [...out, ...old.slice(at).map((gone) => mark('del', `- ${gone}`))].join('');
}

function mark(kind: string, line: string): string {
  return `<span class="line ${kind}">${escape(line)}</span>`;
}

/** Escaped, with its addresses to click on. */
function linked(text: string): string {
  return escape(text).replace(/https?:\/\/[^\s()`&]+/g, (url) => `<a href="${url}">${url}</a>`);
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.codePointAt(0) ?? 0};`);
}
