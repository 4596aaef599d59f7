/** What a rule is: one mechanism, in one file, named like it. */
import type { Edge } from './edge.ts';
import type { Severity } from './finding.ts';
import type { Workflow } from './model.ts';
import { offsetOf } from './place.ts';
import type { Project } from './project.ts';
import { isSlip } from './slip.ts';

/** A finding before its place is turned into line and column. */
export interface Draft {
  readonly severity: Severity;
  /** Offset in the file that is checked. */
  readonly offset: number;
  /** Where the scalar begins that holds it; absent: the same. */
  readonly scalarAt?: number;
  readonly job: string | null;
  readonly ref: string | null;
  readonly message: string;
  readonly fix: string;
}

/** A workflow or an action with its judged value graph. */
export interface View {
  readonly project: Project;
  readonly workflow: Workflow;
  readonly edges: readonly Edge[];
}

/** A script or a Makefile. `empty`: variables that a workflow is known to pass without a value. */
export interface TextView {
  readonly kind: 'script' | 'makefile';
  readonly text: string;
  readonly empty: readonly string[];
}

export interface Rule {
  readonly id: string;
  /** One sentence for code scanning. */
  readonly title: string;
  readonly inWorkflow?: (view: View) => readonly Draft[];
  readonly inText?: (view: TextView) => readonly Draft[];
}

/** A rule whose fault the value graph names: one draft for each such edge. */
export function edgeRule(
  id: string,
  title: string,
  say: (edge: Edge) => { readonly message: string; readonly fix: string; readonly severity?: Severity },
): Rule {
  const inWorkflow = ({ workflow, edges }: View) =>
    edges
      .filter((edge) => edge.rule === id)
      .map((edge): Draft => {
        const { message, fix, severity } = say(edge);
        const word = edge.read.path.at(-1) ?? '';
        const first = edge.ref.includes('*') ? word : edge.ref;
        return {
          severity: severity ?? (isGuarded(edge) ? 'warning' : 'error'),
          offset: offsetOf(workflow, edge.slot, edge.expression, first),
          scalarAt: edge.slot.scalar.start,
          job: edge.slot.job?.id || null,
          ref: edge.ref,
          message,
          fix,
        };
      });
  return { id, title, inWorkflow };
}

/** Its step or job asks for a value first (`if: needs.x.outputs.y != ''`): nothing wrong is made, work is skipped. */
function isGuarded({ slot, ref }: Edge): boolean {
  const condition = `${slot.step?.condition ?? ''} ${slot.step ? '' : (slot.job?.condition ?? '')}`.replaceAll(
    /\s/g,
    '',
  );
  return condition.includes(`${ref}!=''`);
}

/** The name that was probably meant: spelled alike, or the only one there is. */
export function meant(name: string, others: readonly string[] = []): string | undefined {
  return alike(name, others) ?? (others.length === 1 ? others[0] : undefined);
}

/** The same but for signs and case, a slip of the pen away, or one inside of the other. */
export function alike(name: string, others: readonly string[] = []): string | undefined {
  const plain = (text: string) => text.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const mine = plain(name);
  const exact = others.find((other) => plain(other) === mine);
  const slips = others.filter((other) => isSlip(mine, plain(other)));
  return (
    exact ??
    (slips.length === 1 ? slips[0] : undefined) ??
    others.find((other) => plain(other).includes(mine) || mine.includes(plain(other)))
  );
}

/** At most six names as a list. */
export function listed(names: readonly string[] = []): string {
  const some = [...new Set(names)].slice(0, 6).map((name) => `\`${name}\``);
  return some.length === 0 ? 'none' : `${some.join(', ')}${names.length > 6 ? ', …' : ''}`;
}
