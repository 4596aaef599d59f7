/** The commands that look and change nothing: pod, image, scope, credentials, replay. */
import { type Command, Option } from 'commander';
import type { Diagnosis } from '../../diagnosis/diagnosis.ts';
import { UsageError } from '../../errors.ts';
import type { StepProgress } from '../../runbook/runbook.ts';
import { kindFromWord, type WorkloadKind } from '../../target/target.ts';
import type { Commands } from './commands.ts';
import { type ExitCode, exitOfDiagnosis, exitOfScope } from './exit.ts';
import { flags, type ReadOptions, readFlags, type Terminal, viewFlags, viewOf, withinTime } from './options.ts';
import { liveProgress, pageProgress, plainProgress, silentPages, silentProgress } from './progress.ts';
import { renderDiagnosis } from './render-diagnosis.ts';
import { renderCredentials } from './render-reports.ts';
import { renderScope } from './render-scope.ts';
import { printableDeep } from './style.ts';

type OnProgress = (steps: readonly StepProgress[]) => void;

export function readingCommands(
  program: Command,
  commands: Commands,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  const tell = async (options: ReadOptions, work: (onProgress: OnProgress) => Promise<Diagnosis>) =>
    exit(await tellDiagnosis(options, terminal, work));

  savable(
    readFlags(
      program
        .command('pod <name>')
        .description('diagnose one pod, or a workload (deployment/NAME, statefulset/…, daemonset/…, job/…, cronjob/…)'),
    ),
  ).action(async (name: string, options: ReadOptions) =>
    tell(options, async (onProgress) =>
      commands.pod({ ...flags(options), ...splitName(name), ...saving(options), onProgress }),
    ),
  );

  savable(
    accountFlag(
      readFlags(
        program
          .command('image <reference>')
          .description('pre-flight: would this image pull there, with that account, on those nodes, now'),
      ),
    ),
  ).action(async (image: string, options: ReadOptions) =>
    tell(options, async (onProgress) =>
      commands.image({ ...flags(options), ...account(options), ...saving(options), image, onProgress }),
    ),
  );

  readFlags(
    program
      .command('scope')
      .description('everything that cannot pull, grouped by cause, registry, secret, node, namespace'),
    new Option('-A, --all-namespaces', 'all namespaces'),
  ).action(async (options: ReadOptions) => {
    const all = options.allNamespaces ?? false;
    if (all && options.namespace !== undefined) {
      throw new UsageError({
        code: 'usage',
        message: '-A and -n exclude each other.',
        hint: 'Leave one of them out.',
      });
    }
    const view = viewOf(options, terminal);
    const listing = options.output === 'text' && terminal.errIsTerminal ? pageProgress(terminal.err) : silentPages;
    const scope = await commands.scope({ ...flags(options), all, onCall: listing.onCall }).finally(listing.end);
    view.print(scope, renderScope(printableDeep(scope), view.style, clusterFlags(options)));
    exit(exitOfScope(scope));
  });

  accountFlag(
    readFlags(
      program
        .command('credentials <image>')
        .description('which credentials the kubelet would try for an image, in order, and why the others are ignored'),
    ),
  )
    .option(
      '-f, --filename <file...>',
      'Secret manifests that are not applied yet (YAML, JSON, List; - for stdin); no cluster is asked',
    )
    .action(async (image: string, options: ReadOptions) => {
      const view = viewOf(options, terminal);
      const files = options.filename ?? [];
      const report = await commands.credentials({ ...flags(options), ...account(options), image, files });
      view.print(report, renderCredentials(printableDeep(report), view.style));
    });

  viewFlags(
    program.command('replay <case>').description('the verdict again, offline, from a case file (see --save-case)'),
  ).action(async (file: string, options: ReadOptions) => {
    const view = viewOf(options, terminal);
    const diagnosis = await withinTime(options.timeout, commands.replay(file));
    view.print(diagnosis, renderDiagnosis(printableDeep(diagnosis), view.style));
    exit(exitOfDiagnosis(diagnosis));
  });
}

/** As they were typed, for a command that goes on with the same cluster. */
function clusterFlags({ context, kubeconfig }: ReadOptions): readonly string[] {
  return [
    ...(context === undefined ? [] : ['--context', context]),
    ...(kubeconfig === undefined ? [] : ['--kubeconfig', kubeconfig]),
  ];
}

async function tellDiagnosis(
  options: ReadOptions,
  terminal: Terminal,
  work: (onProgress: OnProgress) => Promise<Diagnosis>,
): Promise<ExitCode> {
  const view = viewOf(options, terminal);
  const progress =
    options.output === 'json'
      ? silentProgress
      : terminal.errIsTerminal
        ? liveProgress(view.style, terminal.outIsTerminal)
        : plainProgress((line) => terminal.err(`${line}\n`), view.style);
  let diagnosis: Diagnosis;
  try {
    diagnosis = await work((steps) => progress.update(steps));
  } finally {
    await progress.end();
  }
  view.print(diagnosis, renderDiagnosis(printableDeep(diagnosis), view.style));
  const file = options.saveCase;
  if (file !== undefined) terminal.err(`The case is in ${file}, redacted; look at it before you share it.\n`);
  return exitOfDiagnosis(diagnosis);
}

function savable(command: Command): Command {
  return command.option('--save-case <file>', 'keep what was seen, redacted, for: pullcheck replay FILE');
}

function saving({ saveCase }: ReadOptions): { readonly saveCase?: string } {
  return saveCase === undefined ? {} : { saveCase };
}

function accountFlag(command: Command): Command {
  return command.option('--service-account <name>', 'whose pull secrets', 'default');
}

function account({ serviceAccount }: ReadOptions): { readonly serviceAccount?: string } {
  return serviceAccount === undefined ? {} : { serviceAccount };
}

function splitName(text: string): { name: string; kind?: 'Pod' | WorkloadKind } {
  const slash = text.indexOf('/');
  if (slash < 0) return { name: text };
  const kind = kindFromWord(text.slice(0, slash));
  if (!kind)
    throw new UsageError({
      code: 'unknown-kind',
      message: `"${text.slice(0, slash)}" is not a kind.`,
      hint: 'Kinds: pod, deployment, statefulset, daemonset, job, cronjob.',
    });
  return { kind, name: text.slice(slash + 1) };
}
