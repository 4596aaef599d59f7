/** What the bot can be asked. */
import { type Message, section } from './parts.ts';

export function help(): Message {
  const text = [
    '*Pullcheck finds out why a container image cannot be pulled.*',
    '`/pullcheck pod api-service -n staging`: one pod, or the workload of that name',
    '`/pullcheck pod deployment/api -n staging`: a workload (deployment, statefulset, daemonset, job, cronjob)',
    '`/pullcheck scope -A` or `/pullcheck scope -n staging`: everything that cannot pull, grouped',
    '`/pullcheck image ghcr.io/acme/api:1.4.3 -n staging`: would this image pull there, before it is deployed',
    '`/pullcheck credentials ghcr.io/acme/api:1.4.3 -n staging`: which credentials would be tried for it, in order',
    '`/pullcheck help`: this',
    'Inside a thread Slack has no slash commands: mention me instead, `@pullcheck pod api-service -n staging`.',
    'An answer opens no incident and pages nobody; its button *Open incident* does.',
  ].join('\n');
  return { text, blocks: [section(text)] };
}
