import { type Labels, metricName } from '../domain/series.ts';

/** Labels that say which of many alike a series comes from, most telling first. */
const INSTANCE_LABELS = [
  'instance',
  'pod',
  'host',
  'hostname',
  'node',
  'host.name',
  'service.instance.id',
  'k8s.pod.name',
  'k8s.node.name',
  'InstanceId',
  'container_id',
  'replica',
  'machine',
  'server',
] as const;
const IS_INSTANCE_LABEL: ReadonlySet<string> = new Set([...INSTANCE_LABELS, 'pod_ip', 'host_ip', 'uid']);
const PORT = /:\d{1,5}$/;
const GROUP_LABELS = ['service', 'job'] as const;

/**
 * Instance of a series: the host, pod or process that it comes from.
 *
 * Used to tell what has gone away, and who the peers of a series are.
 *
 * Definition: value of the first label of `instance`, `pod`, `host` and others like it; without a port, so that all that
 *             one host sends belongs together.
 * Output:     undefined where there is none.
 * Throws:     never.
 *
 * @example
 * instanceOf([['__name__', 'up'], ['instance', '10.0.0.7:9100'], ['job', 'node']]) // => '10.0.0.7'
 * instanceOf([['__name__', 'up'], ['job', 'node']]) // => undefined
 */
export function instanceOf(labels: Labels): string | undefined {
  return instanceLabelOf(labels)?.[1].replace(PORT, '');
}

/**
 * Peers of a series: the text that is the same for all series alike but for the instance they come from.
 *
 * Definition: all labels but those that name an instance, in their order, as JSON.
 * Output:     undefined for a series that names no instance: it has no peers.
 * Throws:     never.
 *
 * @example
 * peerKeyOf([['__name__', 'up'], ['instance', 'a'], ['job', 'node']]) // => '[["__name__","up"],["job","node"]]'
 * peerKeyOf([['__name__', 'up']]) // => undefined
 */
export function peerKeyOf(labels: Labels): string | undefined {
  if (instanceOf(labels) === undefined) return undefined;
  return JSON.stringify(labels.filter(([name]) => !IS_INSTANCE_LABEL.has(name)));
}

/**
 * Group of a series: the label whose series are looked at together, with its value.
 *
 * Definition: the label `service`, else `job`.
 * Output:     undefined where there is neither: such a series moves with nobody.
 * Throws:     never.
 *
 * @example
 * groupLabelOf([['__name__', 'up'], ['instance', 'a'], ['job', 'node']]) // => ['job', 'node']
 * groupLabelOf([['__name__', 'up'], ['instance', 'a']]) // => undefined
 */
export function groupLabelOf(labels: Labels): Labels[number] | undefined {
  for (const name of GROUP_LABELS) {
    const found = labels.find(([key]) => key === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Label that names the instance of a series.
 *
 * Definition: the first label of those that `instanceOf` asks for, as it is.
 * Output:     undefined where there is none.
 * Throws:     never.
 */
export function instanceLabelOf(labels: Labels): Labels[number] | undefined {
  for (const name of INSTANCE_LABELS) {
    const found = labels.find(([key]) => key === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Series whose silence says nothing: counts of log records are made only when there are some. */
export function saysNothingWhenAway(labels: Labels): boolean {
  return metricName(labels) === 'log_records';
}
