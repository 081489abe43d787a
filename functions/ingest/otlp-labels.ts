import type { IngestLimits } from './limits.ts';
import { type Attribute, labelText } from './otlp-any-value.ts';
import { prometheusLabelName } from './otlp-names.ts';
import type { Refusal } from './validate.ts';
import { compareUtf8, type LabelPair } from './validate-labels.ts';
import { quote } from './validate-rejections.ts';

export type Attributes = readonly Attribute[];

/** Where data comes from: the labels of resource and scope, which all their points share. */
export interface Target {
  /** Points may override these. */
  readonly labels: readonly LabelPair[];
  /** These stand, whatever a point says. */
  readonly identity: readonly LabelPair[];
}

export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: Attributes;
}

export const NO_SCOPE: Scope = { name: '', version: '', attributes: [] };

const UNKNOWN_SERVICE = 'unknown_service';

/**
 * Attributes of a resource that say which instance, build or machine it happens to be. As labels they would make a new
 * series at every start or deployment, and none would have a history.
 */
const PASSING = [
  /^(process|telemetry|os|webengine|device|browser|user_agent|aws|azure|gcp|heroku)\./,
  /^service\.(name|namespace|instance\.id|version)$/,
  /^host\.(?!name$)/,
  /^container\.(?!name$)/,
  /^cloud\.(?!region$|availability_zone$)/,
  /^faas\.(?!name$)/,
  /^k8s\.(?!([a-z]+)\.name$)/,
];

/** `job` and `instance` by the rules of Prometheus, `service` besides, and the lasting attributes of resource and scope. */
export function targetOf(resource: Attributes, scope: Scope, limits: IngestLimits): Target {
  const text = (key: string): string => {
    const found = resource.find(([name]) => name === key);
    return found === undefined ? '' : labelText(found[1], limits.labelValueBytes);
  };
  const service = text('service.name') || UNKNOWN_SERVICE;
  const namespace = text('service.namespace');
  const labels = new Map<string, string>();
  addAttributes(
    labels,
    resource.filter(([key]) => !PASSING.some((pattern) => pattern.test(key))),
    limits,
  );
  const ofScope = new Map<string, string>();
  addAttributes(
    ofScope,
    scope.attributes.map(([key, value]) => [`otel_scope_${key}`, value] as const),
    limits,
  );
  for (const [name, value] of ofScope) labels.set(name, value);
  if (scope.name !== '') labels.set('otel_scope_name', scope.name);
  if (scope.version !== '') labels.set('otel_scope_version', scope.version);
  return {
    labels: [...labels],
    identity: [
      ['job', namespace === '' ? service : `${namespace}/${service}`],
      ['instance', text('service.instance.id')],
      ['service', service],
    ],
  };
}

/** The labels of one series of a point. Of equal keys the first one stands; of equal names the values are joined. */
export function seriesLabels(
  target: Target,
  attributes: Attributes,
  own: readonly LabelPair[],
  limits: IngestLimits,
): LabelPair[] {
  const ofPoint = new Map<string, string>();
  addAttributes(ofPoint, attributes, limits);
  const labels = new Map(target.labels);
  for (const [name, value] of ofPoint) labels.set(name, value);
  for (const [name, value] of target.identity) {
    if (value !== '' || name !== 'instance') labels.set(name, value);
  }
  for (const [name, value] of own) labels.set(name, value);
  return [...labels].filter(([, value]) => value !== '');
}

/** Few and lasting, since each combination is a stream of its own. */
const STREAM_ATTRIBUTES = [
  'service.namespace',
  'deployment.environment',
  'deployment.environment.name',
  'host.name',
  'cloud.region',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.container.name',
  'container.name',
  'faas.name',
];

/** The labels of a stream of logs: `service`, and those attributes of the resource that are few and lasting. */
export function streamLabels(resource: Attributes, limits: IngestLimits): LabelPair[] {
  const labels = new Map<string, string>();
  const kept = resource.filter(([key]) => STREAM_ATTRIBUTES.includes(key));
  addAttributes(labels, kept, limits);
  const name = resource.find(([key]) => key === 'service.name');
  const service = name === undefined ? '' : labelText(name[1], limits.labelValueBytes);
  return [...labels, ['service', service || UNKNOWN_SERVICE] as const].filter(([, value]) => value !== '');
}

function addAttributes(labels: Map<string, string>, attributes: Attributes, limits: IngestLimits): void {
  const seen = new Set<string>();
  const ordered = attributes.toSorted(([a], [b]) => compareUtf8(a, b));
  for (const [key, value] of ordered) {
    if (key === '' || seen.has(key)) continue;
    seen.add(key);
    const text = labelText(value, limits.labelValueBytes);
    if (text === '') continue;
    const name = prometheusLabelName(key);
    const before = labels.get(name);
    labels.set(name, before === undefined ? text : `${before};${text}`);
  }
}

export function tooManyAttributes(limits: IngestLimits): Refusal {
  return { code: 'attributes_too_many', detail: `more than ${limits.attributesPerItem} attributes` };
}

/** The first key that is there twice, as a sentence for the sender. */
export function duplicateWarning(attributes: Attributes): string | undefined {
  const seen = new Set<string>();
  for (const [key] of attributes) {
    if (key !== '' && seen.has(key)) return `attribute ${quote(key)} is there twice: the first one is kept`;
    seen.add(key);
  }
  return undefined;
}
