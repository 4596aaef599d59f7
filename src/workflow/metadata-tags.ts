/** Tags that docker/metadata-action makes of its `tags` and `flavor` inputs. https://github.com/docker/metadata-action#tags-input */
import { expressionsIn } from './expression.ts';
import { entryOf, type Job, jobCalled, type Step, stepCalled, type Workflow } from './model.ts';

const ACTION = /^docker\/metadata-action@/i;
/** Without a `tags` input. */
const DEFAULTS = ['type=schedule', 'type=ref,event=branch', 'type=ref,event=tag', 'type=ref,event=pr'];
/** What stands for a part that only the run knows. */
const OPAQUE = '«version»';

const ALL_TAGS = /^DOCKER_METADATA_OUTPUT_(?:TAGS|JSON)$/;

interface Scope {
  readonly workflow: Workflow;
  readonly job: Job;
}

/** The step and its job. */
interface Made {
  readonly job: Job;
  readonly step: Step;
}

/** Every tag that it may make, as text for `formulaOf`; undefined for another step. */
export function metadataTags(step: Step): readonly string[] | undefined {
  if (!ACTION.test(step.uses ?? '')) return undefined;
  const lines = (step.inputs.get('tags')?.value ?? '').split('\n').map((line) => line.trim());
  const given = lines.filter((line) => line !== '' && !line.startsWith('#'));
  const flavor = fields((step.inputs.get('flavor')?.value ?? '').split('\n').join(','));
  return (given.length === 0 ? DEFAULTS : given).map((line) => tagOf(line, flavor));
}

/** The step whose `tags` a text hands on, also over a job output: `${{ steps.meta.outputs.tags }}`. */
export function metadataStep(scope: Scope, text: string, depth = 0): Made | undefined {
  const [read, ...more] = expressionsIn(text).flatMap(({ reads }) => reads);
  if (read === undefined || more.length > 0 || depth > 2) return undefined;
  const [context, name = '', , output = ''] = read.path;
  if (context === 'env') return ALL_TAGS.test(name) ? only(scope.job) : undefined;
  if (context === 'steps') return /^(?:tags|json|bake-file)/.test(output) ? called(scope.job, name) : undefined;
  const producer = context === 'needs' ? jobCalled(scope.workflow, name) : undefined;
  const value = producer && entryOf(producer.outputs, output);
  return value && metadataStep({ workflow: scope.workflow, job: producer }, value.value, depth + 1);
}

function called(job: Job, name: string): Made | undefined {
  const step = stepCalled(job, name);
  return step && ACTION.test(step.uses ?? '') ? { job, step } : undefined;
}

function only(job: Job): Made | undefined {
  const steps = job.steps.filter(({ uses }) => ACTION.test(uses ?? ''));
  const [step] = steps;
  return step && steps.length === 1 ? { job, step } : undefined;
}

type Fields = ReadonlyMap<string, string>;

function tagOf(line: string, flavor: Fields): string {
  const given = fields(line);
  const type = given.get('type') ?? 'raw';
  const prefix = given.get('prefix') ?? (type === 'sha' ? 'sha-' : flavor.get('prefix')) ?? '';
  const suffix = given.get('suffix') ?? flavor.get('suffix') ?? '';
  return `${prefix}${bodyOf(type, given, line)}${suffix}`;
}

function bodyOf(type: string, given: Fields, line: string): string {
  if (type === 'sha') return given.get('format') === 'long' ? '«long»' : '«short»';
  if (type === 'raw') return filled(given.get('value') ?? (given.has('type') ? OPAQUE : line));
  if (type === 'schedule') return filled(given.get('pattern') ?? 'nightly');
  if (type === 'edge') return 'edge';
  if (type === 'semver' || type === 'pep440') return semverOf(given.get('pattern') ?? '{{version}}');
  return type === 'ref' && given.get('event') !== 'pr' ? '«ref»' : OPAQUE;
}

/** `{{version}}` is the git tag without its `v`. */
function semverOf(pattern: string): string {
  const whole = /^(v?)\{\{\s*(version|raw)\s*\}\}$/.exec(pattern);
  if (!whole) return OPAQUE;
  return whole[2] === 'raw' ? `${whole[1]}«ref»` : `${whole[1]}«ref#v»`;
}

/** Handlebars of a value: `{{date 'YYYYMMDD'}}`, `{{sha}}`. Not the expressions, which have a `$` before. */
function filled(value: string): string {
  return value.replaceAll(/(?<!\$)\{\{\s*(\w+)[^}]*\}\}/g, (_, name: string) => {
    if (name === 'sha') return '«short»';
    if (name === 'date' || name === 'commit_date') return '«clock»';
    return name === 'branch' || name === 'tag' ? '«ref»' : OPAQUE;
  });
}

/** `type=sha,format=long`: commas inside of expressions and quotes separate nothing. */
function fields(line: string): Fields {
  const parts = line.match(/(?:\$\{\{.*?\}\}|"[^"]*"|[^,])+/g) ?? [];
  return new Map(
    parts.flatMap((part) => {
      const at = part.indexOf('=');
      return at < 0 ? [] : [[part.slice(0, at).trim(), part.slice(at + 1).trim()] as const];
    }),
  );
}
