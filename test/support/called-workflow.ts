/** The lost tag of lost-tag-story.ts, where what rolls out lies in a called workflow: its text, its caller, what its log shows. */
import { BUILD_LOG, JOBS, job, log, WORKFLOW } from './lost-tag-story.ts';

export const ROLL_OUT = `name: roll-out
on: { workflow_call: { inputs: { tag: { type: string } } } }
jobs:
  roll-out:
    runs-on: ubuntu-latest
    steps:
      - env: { TAG: "\${{ inputs.tag }}" }
        run: |
          TAG=\${TAG:-$(git rev-parse --short HEAD)-$(date +%F-%H-%M)}
          kubectl set image deployment/api api=mycompany/api-service:$TAG
`;

/** `uses`: the called workflow as the caller names it. */
export function callerOf(uses: string): string {
  return `${WORKFLOW.slice(0, WORKFLOW.indexOf('  deploy:\n'))}  deploy:
    needs: push
    uses: ${uses}
    with:
      tag: \${{ needs.build.outputs.image-tag }}
`;
}

/** Of the run: its jobs, and the logs of those that build and deploy. */
export const CALLED_RUN = {
  jobs: { 17: [...JOBS.slice(0, 2), job(3, 'deploy / roll-out', ['17:53:50', '17:54:40'])] },
  logs: {
    1: BUILD_LOG,
    3: log(
      '17:54:05',
      '##[group] Inputs',
      '  tag: ',
      '##[endgroup]',
      '##[group]Run TAG=x',
      'shell: bash',
      'env:',
      '  TAG: ',
      '##[endgroup]',
    ),
  },
};
