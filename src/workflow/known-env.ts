/** Variables that well-known actions set for later steps, as their own sources say (`core.exportVariable`, `GITHUB_ENV`). */

/** Of nothing but their outputs, files and logins. */
const NONE =
  /^(?:actions\/(?:checkout|cache|upload-artifact|download-artifact|stale|labeler|create-github-app-token)|docker\/(?:login|setup-buildx|setup-qemu|build-push|bake)-action|depot\/build-push-action|redhat-actions\/(?:buildah-build|push-to-registry)|aws-actions\/amazon-ecr-login|azure\/(?:setup-kubectl|setup-helm)|hadolint\/hadolint-action|brpaz\/hadolint-action|aquasecurity\/trivy-action|anchore\/scan-action|plexsystems\/container-structure-test-action|softprops\/action-gh-release|goreleaser\/goreleaser-action|dorny\/paths-filter|tj-actions\/changed-files|appleboy\/ssh-action|mikefarah\/yq|fjogeleit\/yaml-update-action|imranismail\/setup-kustomize|sigstore\/cosign-installer|peter-evans\/create-pull-request|stefanzweifel\/git-auto-commit-action|slackapi\/slack-github-action|mathieudutour\/github-tag-action)@/i;

/** Only names of that form. */
const SOME: readonly (readonly [action: RegExp, names: RegExp])[] = [
  [/^docker\/metadata-action@/i, /^DOCKER_METADATA_OUTPUT_/i],
  [/^aws-actions\/configure-aws-credentials@/i, /^AWS_/i],
  [/^google-github-actions\/(?:auth|setup-gcloud)@/i, /^(?:CLOUDSDK_|GOOGLE_)|^(?:GCLOUD|GCP)_PROJECT$/i],
  [/^azure\/login@/i, /^AZURE/i],
  [/^github\/codeql-action\//i, /^(?:CODEQL|LGTM)|_(?:DIR|KEY|SUCCESSFULLY|GOLANG)$/i],
  [/^codecov\/codecov-action@/i, /^(?:CC_|CODECOV_)|^TOKENLESS$/i],
  [/^hashicorp\/setup-terraform@/i, /^TERRAFORM_/i],
  [/^webfactory\/ssh-agent@/i, /^SSH_/i],
  [/^pnpm\/action-setup@/i, /^PNPM_/i],
];

/** Whether that action may set the variable; undefined: nothing is known of it. */
export function maySet(uses: string, name: string): boolean | undefined {
  if (NONE.test(uses)) return false;
  return SOME.find(([action]) => action.test(uses))?.[1].test(name);
}
