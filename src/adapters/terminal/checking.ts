/** The commands that check files: runbook lint, workflow. */
import type { Command } from 'commander';
import { sarifOf } from '../../workflow/sarif.ts';
import type { Commands } from './commands.ts';
import type { ExitCode } from './exit.ts';
import { type ReadOptions, type Terminal, viewFlags, viewOf, withinTime } from './options.ts';
import { renderRunbookReport } from './render-reports.ts';
import { renderChanges, renderWorkflow } from './render-workflow.ts';
import { printableDeep } from './style.ts';

interface WorkflowOptions {
  output: 'text' | 'json' | 'sarif';
  color: boolean;
  timeout: number;
  job?: string;
  diff?: boolean;
  write?: boolean;
}

export function checkingCommands(
  program: Command,
  commands: Commands,
  terminal: Terminal,
  exit: (code: ExitCode) => void,
): void {
  const runbook = program.command('runbook').description('validate runbooks (runbook lint FILE...)');
  viewFlags(runbook.command('lint <file...>').description('validate runbooks')).action(
    async (files: string[], options: ReadOptions) => {
      const view = viewOf(options, terminal);
      const report = await withinTime(options.timeout, commands.lintRunbooks(files));
      view.print(report, renderRunbookReport(printableDeep(report), view.style));
      exit(report.problems.length > 0 ? 1 : 0);
    },
  );

  const workflow = program
    .command('workflow <file...>')
    .description(
      'lost outputs and silent fallbacks in GitHub Actions workflows, composite actions, scripts and Makefiles',
    )
    .option('--job <name>', 'only what concerns this job')
    .option('--diff', 'print all fixes as one diff, for git apply')
    .option('--write', 'write the fixes into the files');
  viewFlags(workflow, ['text', 'json', 'sarif']).action(async (files: string[], options: WorkflowOptions) => {
    const { output, color, job, diff = false, write = false, timeout } = options;
    const checked = commands.checkWorkflows(files, { changes: diff, write, ...(job === undefined ? {} : { job }) });
    const report = await withinTime(timeout, checked);
    const view = viewOf({ output: output === 'text' ? 'text' : 'json', color }, terminal);
    const value = output === 'sarif' ? sarifOf(report, terminal.version) : report;
    const text = diff ? renderChanges(report) : renderWorkflow(printableDeep(report), view.style);
    view.print(value, text);
    exit(report.findings.some(({ severity }) => severity !== 'info') ? 1 : 0);
  });
}
