/**
 * Which images a job pushed, as its tools print it. Forms: BuildKit `pushing manifest for REF@sha256:…` and `pushing sha256:… to REF`,
 * docker `TAG: digest: sha256:… size: N` after `The push refers to repository [REPO]`, go-containerregistry (crane) the same with the
 * whole reference, kaniko `Pushing image to REF` then `Pushed REPO@sha256:…`, podman, buildah and skopeo `Writing manifest to image
 * destination` after their command line, ko `Published REF@sha256:…`.
 */
import type { LogLine } from './log-line.ts';

export interface PushedImage {
  /** As printed; the repository may be masked (`***`), or empty where the log does not tell it. */
  readonly repository: string;
  readonly tag: string;
  /** Absent where the log does not tell. */
  readonly digest?: string;
  /** ms, from the line's own time stamp. */
  readonly at?: number;
}

const MOST = 100;
const DIGEST = 'sha256:[0-9a-f]{64}';
const REF = '[\\w.*/:-]{1,400}';

const PUSHING = new RegExp(`\\bpushing manifest for (${REF})@(${DIGEST})`);
const PUSHING_TO = new RegExp(`\\bpushing (${DIGEST}) to (${REF})`);
const TABLE = new RegExp(`(?:^|\\s)(${REF}): digest: (${DIGEST})(?: size: \\d+)?`);
const REFERS = /The push refers to (?:a )?repository \[([^\]\s]{1,400})\]/;
const KANIKO_PUSHING = new RegExp(`\\bPushing image to (${REF})`);
const KANIKO_PUSHED = new RegExp(`\\bPushed (${REF})@(${DIGEST})`);
const PUBLISHED = new RegExp(
  `\\b(?:Published|Successfully pushed|pushed image as)\\s+"?(${REF})(?:@(${DIGEST}))?"?`,
  'i',
);
const WRITTEN = /^Writing manifest to image destination/;
const FAILED = new RegExp(`failed to push:? "?(${REF})`);
/** A tool's command line: as an action prints it, or a shell under `set -x`. */
const COMMAND = /^(?:\[command\]|\++ )(\S.*)$/;

export interface Pushes {
  read(line: LogLine): void;
  pushed(): readonly PushedImage[];
  planned(): readonly PushedImage[];
}

export function makePushes(): Pushes {
  const state: State = { pushed: new Map(), planned: new Map(), waiting: [], repository: '' };
  return {
    read: ({ text, at }) => {
      if (text.length > 8192) return;
      for (const [form, take] of FORMS) {
        const found = form.exec(text);
        if (found) return take(state, found, at);
      }
    },
    pushed: () => [...state.pushed.values()],
    planned: () => [...state.planned.values()],
  };
}

interface State {
  readonly pushed: Map<string, PushedImage>;
  readonly planned: Map<string, PushedImage>;
  /** Of the tools whose answer does not name the image. */
  waiting: { readonly ref: string; readonly by: 'copy' | 'kaniko' }[];
  /** Of the last `docker push`. */
  repository: string;
}

type Take = (state: State, found: RegExpExecArray, at: number | undefined) => void;

/** The first form that a line has decides what it means. */
const FORMS: readonly (readonly [RegExp, Take])[] = [
  [COMMAND, (state, [, text = '']) => command(state, text)],
  [REFERS, (state, [, repository = '']) => void (state.repository = repository)],
  [FAILED, (state, [, ref = '']) => void state.pushed.delete(ref.replace(/:$/, ''))],
  [PUSHING, (state, [, ref = '', digest], at) => add(state, ref, at, digest)],
  [PUSHING_TO, (state, [, digest, ref = ''], at) => add(state, ref, at, digest)],
  [
    TABLE,
    (state, [, name = '', digest], at) =>
      add(state, name.includes('/') ? name : `${state.repository}:${name}`, at, digest),
  ],
  [KANIKO_PUSHING, (state, [, ref = '']) => wait(state, ref, 'kaniko')],
  [KANIKO_PUSHED, (state, [, of = '', digest], at) => settle(state, { by: 'kaniko', of }, at, digest)],
  [WRITTEN, (state, _found, at) => settle(state, { by: 'copy' }, at)],
  [PUBLISHED, (state, [, ref = '', digest], at) => add(state, ref, at, digest)],
];

function add({ pushed }: State, ref: string, at: number | undefined, digest: string | undefined): void {
  const image = imageOf(ref);
  if (!image || pushed.size >= MOST) return;
  const key = `${image.repository}:${image.tag}`;
  const known = digest ?? pushed.get(key)?.digest;
  pushed.set(key, { ...image, ...(known === undefined ? {} : { digest: known }), ...(at === undefined ? {} : { at }) });
}

function command(state: State, text: string): void {
  for (const ref of tagsOf(text)) {
    const image = imageOf(ref);
    if (image && state.planned.size < MOST) state.planned.set(ref, image);
  }
  const copied = copiedTo(text);
  if (copied !== undefined) wait(state, copied, 'copy');
}

function wait(state: State, ref: string, by: 'copy' | 'kaniko'): void {
  state.waiting = [...state.waiting.slice(-20), { ref, by }];
}

function settle(
  state: State,
  { by, of }: { readonly by: 'copy' | 'kaniko'; readonly of?: string },
  at: number | undefined,
  digest?: string,
): void {
  const mine = state.waiting.filter((one) => one.by === by && (of === undefined || isOf(one.ref, of)));
  for (const { ref } of mine) add(state, ref, at, digest);
  state.waiting = state.waiting.filter((one) => !mine.includes(one));
}

/** `--tag` and `-t` of a command that pushes. */
function tagsOf(text: string): string[] {
  if (!/--push\b|push=true|\bkaniko\b|--destination[ =]/.test(text)) return [];
  return [...text.matchAll(/(?:--tag|-t|--destination)[ =]"?([^\s"]{1,400})/g)].map((match) => match[1] ?? '');
}

/** Where `podman push`, `buildah push`, `skopeo copy` send an image. */
function copiedTo(text: string): string | undefined {
  const words = text.split(/\s+/);
  const tool = words.findIndex((word) => /(?:^|\/)(?:podman|buildah|skopeo)$/.test(word));
  if (tool < 0 || !words.slice(tool).some((word) => word === 'push' || word === 'copy')) return undefined;
  return words
    .findLast((word) => /^(?:docker:\/\/)?[\w.*-]+(?::\d+)?\/\S+:\S+$/.test(word))
    ?.replace(/^docker:\/\//, '');
}

function imageOf(ref: string): Pick<PushedImage, 'repository' | 'tag'> | undefined {
  const colon = ref.lastIndexOf(':');
  if (colon < 0 || colon < ref.lastIndexOf('/')) return undefined;
  const tag = ref.slice(colon + 1);
  return /^[\w*][\w.*-]{0,127}$/.test(tag) ? { repository: ref.slice(0, colon), tag } : undefined;
}

function isOf(ref: string, repository: string): boolean {
  return ref === repository || ref.startsWith(`${repository}:`);
}
