/**
 * On which nodes may a pod land? By its node selector, its required node affinity and its tolerations, as the scheduler reads them
 * (kubernetes, "Assigning Pods to Nodes" and "Taints and Tolerations"); room, spread and volumes are not looked at. Pure.
 */

export interface NodeRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values: readonly string[];
}

/** All of its requirements must hold. */
export interface NodeTerm {
  readonly labels: readonly NodeRequirement[];
  /** On the node's fields; the scheduler knows `metadata.name` only. */
  readonly fields: readonly NodeRequirement[];
}

export interface Toleration {
  /** Empty with `Exists`: all of them. */
  readonly key: string;
  readonly operator: string;
  readonly value: string;
  /** Empty: any. */
  readonly effect: string;
}

export interface Placement {
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** One of them must hold; absent: none is required. */
  readonly terms?: readonly NodeTerm[];
  readonly tolerations: readonly Toleration[];
}

export interface Taint {
  readonly key: string;
  readonly value: string;
  readonly effect: string;
}

export interface Landing {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
}

/** Without what only scheduling needs: thousands of nodes with all their labels would fill a case file. */
export function withoutLabels<N extends { readonly labels?: unknown; readonly taints?: unknown }>(
  node: N,
): Omit<N, 'labels' | 'taints'> {
  const { labels: _labels, taints: _taints, ...rest } = node;
  return rest;
}

export function mayLand({ nodeSelector, terms, tolerations }: Placement, node: Landing): boolean {
  const selected = Object.entries(nodeSelector).every(([key, value]) => labelOf(node, key) === value);
  if (!selected || (terms !== undefined && !terms.some((term) => termHolds(term, node)))) return false;
  return node.taints.every((taint) => !repels(taint) || tolerations.some((one) => tolerates(one, taint)));
}

function labelOf({ labels }: Landing, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function repels({ effect }: Taint): boolean {
  return effect === 'NoSchedule' || effect === 'NoExecute';
}

function tolerates({ key, operator, value, effect }: Toleration, taint: Taint): boolean {
  if (effect !== '' && effect !== taint.effect) return false;
  if (operator === 'Exists') return key === '' || key === taint.key;
  return key === taint.key && value === taint.value;
}

/** A term without any requirement matches nothing. */
function termHolds({ labels, fields }: NodeTerm, node: Landing): boolean {
  if (labels.length + fields.length === 0) return false;
  return (
    labels.every((one) => requirementHolds(one, labelOf(node, one.key))) &&
    fields.every((one) => requirementHolds(one, one.key === 'metadata.name' ? node.name : undefined))
  );
}

function requirementHolds({ operator, values }: NodeRequirement, value: string | undefined): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    case 'Gt':
      return isNumber(value) && isNumber(values[0]) && Number(value) > Number(values[0]);
    case 'Lt':
      return isNumber(value) && isNumber(values[0]) && Number(value) < Number(values[0]);
    default:
      return false;
  }
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && /^-?\d{1,15}$/.test(text);
}
