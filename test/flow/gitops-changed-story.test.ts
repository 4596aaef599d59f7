/** Git asks for another tag already, and the cluster does not: what is left is the controller's to do. */
import { describe, expect, it } from '@jest/globals';
import { diagnose, manifest, PUSHED, REPOSITORY } from '../support/gitops-world.ts';

describe('a missing tag that', () => {
  it('is no longer asked for in Git: said, with the line, and no second pull request is offered', async () => {
    const files = { 'apps/staging/api-deployment.yaml': manifest(PUSHED) };
    const { diagnosis, summary, offered } = await diagnose({ files });
    const selector = PUSHED.slice(REPOSITORY.length + 1);
    const said = `Git is changed already (acme/deploy apps/staging/api-deployment.yaml:10 asks for ${selector}); the controller has yet to apply it`;
    expect(summary).toContain(said);
    expect(diagnosis.steps.find(({ id }) => id === 'manifest')).toMatchObject({
      status: 'passed',
      summary: expect.stringContaining(said),
    });
    expect(offered).not.toContain('open-gitops-pull-request');
  });

  it('is not asked for in Git, where another workload asks for another tag: not taken for a change', async () => {
    const files = { 'apps/staging/worker.yaml': manifest(PUSHED, 'worker') };
    expect((await diagnose({ files })).summary).not.toContain('Git is changed already');
  });

  it('laid over by a kustomization that has another tag by now: said of its line', async () => {
    const selector = PUSHED.slice(REPOSITORY.length + 1);
    const files = {
      'apps/staging/kustomization.yaml': `images:\n  - name: ${REPOSITORY}\n    newTag: ${selector}\n`,
    };
    expect((await diagnose({ files })).summary).toContain(`apps/staging/kustomization.yaml:3 asks for ${selector}`);
  });
});
