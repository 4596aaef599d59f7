/** What the value graph says of an edge. */
import { expect, it } from '@jest/globals';
import { edgesOf } from '../../src/workflow/graph.ts';
import { openProject } from '../../src/workflow/project.ts';
import { readWorkflow } from '../../src/workflow/read-workflow.ts';

const file = '.github/workflows/ci.yml';

function edges(text: string, read: (path: string) => string | undefined = () => undefined) {
  const workflow = readWorkflow(file, text);
  if (!workflow) throw new Error('no workflow');
  return { workflow, edges: edgesOf(openProject(file, read), workflow) };
}

function stateOf(found: ReturnType<typeof edges>, ref: string, job: string): string | undefined {
  return found.edges.find((edge) => edge.ref === ref && edge.slot.job?.id === job)?.state;
}

const chain = (value: string) => `on: push
jobs:
  build:
    name: Build the image
    outputs: { image: "${value}" }
    steps: [{ id: t, run: 'echo "tag=1" >> "$GITHUB_OUTPUT"' }]
  between:
    needs: build
    outputs: { image: "\${{ needs.build.outputs.image }}" }
  deploy:
    needs: between
    env: { IMAGE: "\${{ needs.between.outputs.image }}" }
`;

it.each([
  ['ok', '${{ steps.t.outputs.tag }}'],
  ['broken', '${{ steps.t.outputs.other }}'],
  ['masked', '${{ secrets.REGISTRY }}/api:1'],
])('is %s along the whole chain', (state, value) => {
  const found = edges(chain(value));
  expect(stateOf(found, 'needs.build.outputs.image', 'between')).toBe(state);
  expect(stateOf(found, 'needs.between.outputs.image', 'deploy')).toBe(state);
});

it('names the secret that makes the runner drop a value', () => {
  const { edges: all } = edges(chain('${{ secrets.REGISTRY }}/api:1'));
  expect(all.find(({ ref }) => ref === 'needs.between.outputs.image')?.because).toBe('secrets.REGISTRY');
});

it('knows what a run calls a job', () => {
  expect(edges(chain('x')).workflow.jobs.map(({ name }) => name)).toEqual(['Build the image', undefined, undefined]);
});
