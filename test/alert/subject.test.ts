import { describe, expect, it } from '@jest/globals';
import { subjectFromLabels } from '../../src/alert/subject.ts';

describe('labels', () => {
  it('name the workload rather than its pod', () => {
    expect(subjectFromLabels({ cluster: 'prod', namespace: 'staging', pod: 'api-6f7-x', deployment: 'api' })).toEqual({
      cluster: 'prod',
      namespace: 'staging',
      kind: 'Deployment',
      name: 'api',
      pod: 'api-6f7-x',
    });
  });

  it.each([
    [{ statefulset: 'db' }, 'StatefulSet', 'db'],
    [{ daemonset: 'agent' }, 'DaemonSet', 'agent'],
    [{ job_name: 'migrate' }, 'Job', 'migrate'],
    [{ pod: 'one' }, 'Pod', 'one'],
  ])('%j is a %s', (labels, kind, name) => {
    expect(subjectFromLabels({ namespace: 'n', ...labels })).toMatchObject({ kind, name });
  });

  it('that can be no names are as good as absent', () => {
    const hostile = { namespace: '../../etc', pod: '<!channel>', deployment: 'A'.repeat(300), cluster: 'x\ny' };
    expect(subjectFromLabels(hostile)).toEqual({});
  });

  it('without any are cluster-wide', () => {
    expect(subjectFromLabels({ alertname: 'ImagePullErrors' })).toEqual({});
  });
});
