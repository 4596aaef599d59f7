/** Conditions and checks that are missing: deploy-despite-failed-build, empty-input-accepted. */
import { isMap, isScalar, isSeq } from 'yaml';
import { type FixView, inFile, jobPath, type MakeRemedies } from '../fix-view.ts';
import { eolAt, held, lineStart, mapAt } from '../yaml-edit.ts';

export const buildSucceeded: MakeRemedies = (view, finding) => {
  const job = view.workflow.jobs.find(({ id }) => id === finding.job);
  const [, builder = ''] = (finding.ref ?? '').split('.');
  const map = job && mapAt(view.tree, jobPath(view, job));
  const node = map && held(map, 'if')?.value;
  if (!isScalar(node) || !node.range || node.anchor !== undefined) return [];
  const [start, end] = node.range;
  const source = view.text.slice(start, end);
  const quote = source.startsWith("'") ? "''" : "'";
  const { open, close } = insideOf(source);
  const isEither = String(node.value).includes('||');
  return [
    {
      title: `Deploy only when \`${builder}\` succeeded`,
      why: `\`always()\` and \`!cancelled()\` hold after a failure, too; then there is no image to deploy.`,
      edits: inFile(view.file, [
        ...(isEither ? [{ start: start + open, end: start + open, text: '(' }] : []),
        {
          start: start + close,
          end: start + close,
          text: `${isEither ? ')' : ''} && needs.${builder}.result == ${quote}success${quote}`,
        },
      ]),
    },
  ];
};

/** Where the condition itself begins and ends, inside of quotes and braces. */
function insideOf(source: string): { readonly open: number; readonly close: number } {
  const ink = source.trimEnd().length;
  const braces = /\s*\}\}["']?\s*$/.exec(source)?.index;
  const close = braces ?? (/^["']/.test(source) ? ink - 1 : ink);
  return { open: /^["']?(?:\s*\$\{\{\s*)?/.exec(source.slice(0, close))?.[0].length ?? 0, close };
}

export const checkInput: MakeRemedies = (view, finding) => {
  const name = (finding.ref ?? '').replace(/^inputs\./, '');
  const runs = mapAt(view.tree, ['runs']);
  const list = runs && held(runs, 'steps')?.value;
  const first: unknown = isSeq(list) && !list.flow ? list.items[0] : undefined;
  if (!isMap(first) || !first.range) return [];
  const dash = view.text.lastIndexOf('-', first.range[0]);
  const at = lineStart(view.text, dash);
  const indent = view.text.slice(at, dash);
  if (dash < 0 || indent.trim() !== '') return [];
  return [
    {
      title: `Stop when \`${name}\` is empty`,
      why: '`required: true` is not enforced for actions: an input that is passed empty arrives empty.',
      edits: [
        {
          file: view.file,
          start: at,
          end: at,
          text: stepLines(view, name)
            .map((line) => `${indent}${line}`)
            .join(''),
        },
      ],
    },
  ];
};

/** The value goes through `env`, so that it is never read as shell text. */
function stepLines({ text }: FixView, name: string): string[] {
  const variable = name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
  const lines = [
    '- shell: bash',
    '  env:',
    `    ${variable}: \${{ inputs.${name} }}`,
    `  run: 'test -n "$${variable}" || { echo "::error::${name} is empty"; exit 1; }'`,
  ];
  return lines.map((line) => line + eolAt(text, 0));
}
