/** The step runs and writes other names, or writes to GITHUB_ENV. */
import { edgeRule, listed, meant } from '../rule.ts';
import { forgotten } from './output-not-declared.ts';

export const outputNeverWritten = edgeRule(
  'output-never-written',
  'A step output that the step never writes is read',
  ({ ref, read, others, toEnv, without, in: program }) => {
    if (without) return forgotten(ref, read.path);
    const [, step = '', , name = ''] = read.path;
    const other = meant(name, others);
    return {
      message: toEnv
        ? `\`${ref}\` is always empty: step \`${step}\` writes \`${name}\` to GITHUB_ENV, not to GITHUB_OUTPUT.`
        : `\`${ref}\` is always empty: step \`${step}\` writes ${others?.length ? `only ${listed(others)}` : 'no outputs'}.`,
      fix: toEnv
        ? `Write it to "$GITHUB_OUTPUT" in step \`${step}\`.`
        : other
          ? `Read \`${other}\`, or write \`${name}\` in step \`${step}\`.`
          : program
            ? `Call core.setOutput('${name}', …) in step \`${step}\`.`
            : `Write \`${name}=…\` to "$GITHUB_OUTPUT" in step \`${step}\`.`,
    };
  },
);
