/** One row for every cause: what it means, who acts, what to do. A cause without a row does not compile. */
import { CREDENTIAL_CAUSES } from './catalogue/credentials.ts';
import { NETWORK_CAUSES } from './catalogue/network.ts';
import { NODE_CAUSES } from './catalogue/node.ts';
import { OUTCOME_CAUSES } from './catalogue/outcome.ts';
import { REFERENCE_CAUSES } from './catalogue/reference.ts';
import { REGISTRY_CAUSES } from './catalogue/registry.ts';
import type { Cause, CauseFamily, CauseInfo } from './cause.ts';

export const CAUSES: { readonly [K in Cause]: CauseInfo } = {
  ...REFERENCE_CAUSES,
  ...CREDENTIAL_CAUSES,
  ...REGISTRY_CAUSES,
  ...NETWORK_CAUSES,
  ...NODE_CAUSES,
  ...OUTCOME_CAUSES,
};

/** Which light the cause turns. */
export function familyOf(cause: Cause): CauseFamily {
  return CAUSES[cause].family;
}
