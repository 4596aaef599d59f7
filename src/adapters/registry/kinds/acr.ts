import { byGrant, isAnonymous, isRefusedAtToken, type RegistryHabits } from '../habits.ts';

/** Azure Container Registry: tokens are JWTs with an `access` claim; anonymous gets a 401 whether or not the repository exists. */
export const acr: RegistryHabits = {
  kind: 'acr',
  hosts: ['shop.azurecr.io', 'shop.azurecr.cn', 'shop.azurecr.us'],
  // The user beside a refresh token of Entra; service principals and the admin account have names of their own.
  auth: { scheme: 'bearer', users: ['00000000-0000-0000-0000-000000000000'], lifeMs: null },
  quotaHeaders: [],
  page: null,
  tagOrder: 'by-name',
  pushTime: '/acr/v1/REPOSITORY/_tags/TAG: lastUpdateTime',
  immutability: ['writeEnabled: false', 'deleteEnabled: false'],
  hides: (answer) => (isAnonymous(answer) && isRefusedAtToken(answer) ? 'missing-or-forbidden' : byGrant(answer)),
};
