/** Who may do what in the simulated cluster, and how it fails on demand. */
import { notAllowed, StatusError, unauthorized } from './status.ts';
import type { Place } from './store.ts';

/** A Role rule. `namespace` absent: everywhere. `*` stands for all. */
export interface AccessRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly namespace?: string;
}

/** One right that nobody has; fields left out match everything. */
export interface Denial {
  readonly verb?: string;
  /** Plural: `secrets`. */
  readonly resource?: string;
  readonly namespace?: string;
}

export interface Access {
  /** The token of a new user who may only do this. */
  readonly user: (name: string, rules: readonly AccessRule[]) => string;
  readonly deny: (denial: Denial) => void;
  /** Takes all denials back. */
  readonly allowAll: () => void;
  /** `refuse`: connections are cut; a number: every answer has this status; undefined: over. */
  readonly outage: (kind: 'refuse' | number | undefined) => void;
  readonly broken: 'refuse' | number | undefined;
  /** Throws the Status of a request that may not be made. Without a token the caller is the administrator. */
  check(token: string | undefined, verb: string, place: Place): void;
}

function names(list: readonly string[], word: string): boolean {
  return list.includes('*') || list.includes(word);
}

export function createAccess(): Access {
  const users = new Map<string, { readonly name: string; readonly rules: readonly AccessRule[] }>();
  let denials: readonly Denial[] = [];
  let broken: 'refuse' | number | undefined;
  return {
    user(name, rules) {
      const token = `simulated-token-of-${name}`;
      users.set(token, { name, rules });
      return token;
    },
    deny: (denial) => {
      denials = [...denials, denial];
    },
    allowAll: () => {
      denials = [];
    },
    outage: (kind) => {
      broken = kind;
    },
    get broken() {
      return broken;
    },
    check(token, verb, place) {
      const user = token === undefined ? undefined : users.get(token);
      if (token !== undefined && !user) throw unauthorized();
      if (typeof broken === 'number') throw new StatusError(broken, 'ServiceUnavailable', 'the simulated API is down');
      const { resource, namespace } = place;
      const denied = denials.some(
        (denial) =>
          (denial.verb ?? verb) === verb &&
          (denial.resource ?? resource.plural) === resource.plural &&
          (denial.namespace ?? namespace) === namespace,
      );
      const allowed =
        !user ||
        user.rules.some(
          (rule) =>
            names(rule.apiGroups, resource.group) &&
            names(rule.resources, resource.plural) &&
            names(rule.verbs, verb) &&
            (rule.namespace ?? namespace) === namespace,
        );
      if (denied || !allowed) throw notAllowed(user?.name ?? 'pullcheck', verb, place);
    },
  };
}
