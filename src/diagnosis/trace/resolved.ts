/** What a value was at run time, by the log of the job that read it. */
import type { JobLog } from '../../build/job-log.ts';
import type { Edge } from '../../workflow/edge.ts';

/** `masked`: there was one, which the runner does not show. `unseen`: the log does not print it. */
export type Resolved =
  | { readonly is: 'empty'; readonly at?: number }
  | { readonly is: 'value'; readonly value: string }
  | { readonly is: 'masked' }
  | { readonly is: 'unseen' };

/** Of the place that an edge leads to: a variable, an input, or an expression inside of a script. */
export function resolvedIn(log: JobLog, edge: Edge): Resolved {
  const { place, key } = edge.slot;
  if (place === 'run') return inScript(log, edge);
  if (place !== 'env' && place !== 'with') return { is: 'unseen' };
  const shown = log.steps.flatMap(({ env, inputs, at }) => {
    const value = env[key] ?? inputs[key];
    return value === undefined ? [] : [{ value, ...(at === undefined ? {} : { at }) }];
  });
  // A value with text around the expression is not empty when the expression is.
  const around = edge.slot.scalar.value.replaceAll(/\$\{\{.*?\}\}/gs, '').trim();
  return around === '' ? told(shown) : { is: 'unseen' };
}

/** The first time counts: a later step may have been given what an earlier one made up. */
function told(shown: readonly { readonly value: string; readonly at?: number }[]): Resolved {
  const [first] = shown;
  if (first === undefined) return { is: 'unseen' };
  if (first.value === '') return { is: 'empty', ...(first.at === undefined ? {} : { at: first.at }) };
  return first.value.includes('***') ? { is: 'masked' } : { is: 'value', value: first.value };
}

/** The runner prints a script with its expressions replaced: what stands in the gap of that line is the value. */
function inScript(log: JobLog, { slot, expression }: Edge): Resolved {
  const whole = `\${{${expression.text}}}`;
  const line = slot.scalar.value.split('\n').find((text) => text.includes(whole));
  if (line === undefined || line.length > 500) return { is: 'unseen' };
  const at = line.indexOf(whole);
  const pattern = new RegExp(`^${literal(line.slice(0, at))}([^\\n]*?)${literal(line.slice(at + whole.length))}$`, 'm');
  const shown = log.steps.flatMap((step) => {
    const value = step.script === undefined ? undefined : pattern.exec(step.script)?.[1];
    return value === undefined ? [] : [{ value: value.trim(), ...(step.at === undefined ? {} : { at: step.at }) }];
  });
  return told(shown);
}

/** Text of a script as a pattern; other expressions in it may have become anything. */
function literal(text: string): string {
  return text
    .split(/\$\{\{.*?\}\}/s)
    .map((part) => part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`))
    .join('[^\\n]*?')
    .replace(/^ +/, ' *');
}
