/** The tags that a job's own commands deploy, as they are written. */
import { DEPLOY_COMMAND, tagsIn } from './images.ts';
import type { Job, Step } from './model.ts';
import { readScript, withoutComment } from './shell.ts';

/** A third party's action that may deploy by itself. */
const DEPLOYER = /deploy|helm|kube|k8s|argo|kustom|flux|gitops/i;
const TOOL = /setup|login|install|config|context|credentials|checkout/i;

/** undefined: a script, an action or a called workflow may deploy, and what it does cannot be read here. */
export function deployingTags(job: Job): readonly { readonly step: Step; readonly text: string }[] | undefined {
  if (job.uses !== undefined || job.steps.some(isOpaque)) return undefined;
  return job.steps.flatMap((step) =>
    (step.run?.value ?? '')
      .replaceAll(/\\\r?\n/g, ' ')
      .split('\n')
      .map(withoutComment)
      .filter((line) => DEPLOY_COMMAND.test(line))
      .flatMap((line) => [...tagsIn(line), ...setTags(line)].map((text) => ({ step, text }))),
  );
}

function isOpaque({ uses, run }: Step): boolean {
  if (uses !== undefined) return uses.startsWith('./') || (DEPLOYER.test(uses) && !TOOL.test(uses));
  return run !== undefined && readScript(run.value).calls.length > 0;
}

/** `--set image.tag=…`, `-p tag=…`. */
function setTags(line: string): string[] {
  return [...line.slice(0, 2000).matchAll(/[\s,"'](?:[\w.]*\.)?(?:image)?[._-]?tag=("[^"]*"|[^\s,]+)/gi)].flatMap(
    ([, value]) => value ?? [],
  );
}
