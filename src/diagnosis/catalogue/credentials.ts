/** Causes that lie in who asks: pull secrets, tokens, rights. */
import type { CauseInfo } from '../cause.ts';

export const CREDENTIAL_CAUSES = {
  unauthorized: {
    title: 'The registry did not accept the login',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'Credentials are missing or wrong. The message does not say which.',
    fix: 'Check that the pod carries a pull secret whose host is exactly the image’s, and that its user still works.',
  },
  'credentials-expired': {
    title: 'The registry token has expired',
    family: 'credentials',
    owner: 'platform',
    meaning: 'The stored token was good and ran out. Amazon ECR tokens live 12 hours.',
    fix: 'Write a fresh token into the pull secret now, then repair the job that should refresh it.',
    unproven:
      'See when the token was written and when it runs out. If it is past that, write a fresh one into the pull secret, then repair the job that should refresh it.',
  },
  forbidden: {
    title: 'The registry refused access',
    family: 'credentials',
    owner: 'platform',
    meaning: 'The registry knows who asks and says no, or hides that the repository does not exist.',
    fix: 'Grant this identity the right to read the repository. A new password for the same identity changes nothing.',
    unproven:
      'Find out first which it is: does the repository exist under exactly this path, and may this identity read it? Rotate nothing before that.',
  },
  'pull-secret-missing': {
    title: 'The pull secret does not exist in this namespace',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'The pod names a Secret that is not in its namespace. The kubelet goes on without it, as nobody.',
    fix: 'Create the Secret in the pod’s own namespace (a Secret elsewhere does not count), or correct the name.',
    unproven:
      'See whether the Secret is there by now and whether the image needs a login at all. If it is missing, create it in the pod’s own namespace, or correct the name.',
  },
  'credential-provider-failed': {
    title: 'The node’s credential helper failed',
    family: 'credentials',
    owner: 'platform',
    meaning: 'The kubelet’s plugin that fetches registry credentials was throttled, timed out or is not installed.',
    fix: 'Read the kubelet’s log on that node, and check the node’s role and its way to the cloud API.',
  },
  'not-found-or-unauthorized': {
    title: 'The image is missing, or hidden from these credentials',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'The registry answers alike for a repository that does not exist and for one that the caller may not see.',
    fix: 'Check the path for a typing error, then look at the repository with a login that may read it. Rotate nothing before that.',
  },
  'pull-secret-not-attached': {
    title: 'No pull secret is attached to the pod',
    family: 'credentials',
    owner: 'team that deploys',
    meaning:
      'A Secret exists, but this pod does not use it. A service account’s list reaches only pods created after it was written, and only pods without a list of their own.',
    fix: 'Name the Secret in imagePullSecrets of the pod template or its service account, then let the stuck pods be created anew.',
    unproven:
      'Find out first whether the image needs a login. If so, name the Secret in imagePullSecrets of the pod template or its service account, then let the stuck pods be created anew.',
  },
  'pull-secret-wrong-namespace': {
    title: 'The pull secret is in another namespace',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'Secrets count only in the pod’s own namespace.',
    fix: 'Create the same Secret in the pod’s namespace.',
  },
  'pull-secret-malformed': {
    title: 'The pull secret cannot be read',
    family: 'credentials',
    owner: 'team that deploys',
    meaning:
      'A Secret of the pod has broken content, a type or key that the kubelet ignores, or an entry without a user name. Broken content fails the pull even when another Secret is good.',
    fix: 'Create it again with kubectl create secret docker-registry, which writes the type, the key and the encoding correctly.',
  },
  'pull-secret-wrong-registry': {
    title: 'The pull secret is for another registry',
    family: 'credentials',
    owner: 'team that deploys',
    meaning:
      'The pod has pull secrets, but no entry in them matches this image. Host and port must be equal as text; a path must be a prefix.',
    fix: 'Add an entry whose key is exactly the image’s registry, with its port if it has one.',
    unproven:
      'Find out first whether the image needs a login. If so, add an entry whose key is exactly the image’s registry, with its port if it has one.',
  },
  'credentials-rejected': {
    title: 'The registry rejects the stored user name and password',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'The very credential that the kubelet would use was refused: wrong, expired or revoked.',
    fix: 'Put a working credential into the pull secret. The kubelet retries by itself, at most 5 minutes apart.',
    unproven:
      'Log in by hand with the stored user and password. If that is refused, put a working credential into the pull secret; if it is accepted, the account lacks the right.',
  },
  'permission-denied': {
    title: 'The account may not read this repository',
    family: 'credentials',
    owner: 'registry owner',
    meaning: 'The credential is good, and it has no right to pull from this repository.',
    fix: 'Grant the account read on the repository at the registry. Rotating the password changes nothing.',
    unproven:
      'Find out first whether the repository exists under exactly this path. If it does, grant the account read on it at the registry. Rotate nothing before that.',
  },
  'credentials-required': {
    title: 'The registry wants a login and the pod brings none',
    family: 'credentials',
    owner: 'team that deploys',
    meaning: 'No Secret of the pod applies to this image, and the registry refuses anonymous pulls.',
    fix: 'Create a pull secret for this registry in the namespace and name it in the pod template or its service account.',
    unproven:
      'Find out first whether the image exists and is private. If so, create a pull secret for this registry in the namespace and name it in the pod template or its service account.',
  },
  'stale-credentials': {
    title: 'A bad stored credential breaks a public image',
    family: 'credentials',
    owner: 'team that deploys',
    meaning:
      'Anyone may pull this image, but the kubelet uses the matching stored credential, is refused, and does not try without it.',
    fix: 'Remove or replace the entry in the pull secret; the image needs none.',
  },
} as const satisfies Record<string, CauseInfo>;
