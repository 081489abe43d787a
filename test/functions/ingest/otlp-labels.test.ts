import { describe, expect, test } from 'vitest';
import { DEFAULT_INGEST_LIMITS } from '../../../functions/ingest/limits.ts';
import type { AnyValue } from '../../../functions/ingest/otlp-any-value.ts';
import { NO_SCOPE, type Scope, seriesLabels, targetOf } from '../../../functions/ingest/otlp-labels.ts';

type Values = Readonly<Record<string, AnyValue>>;

function labelsOf(resource: Values, point: Values = {}, scope: Scope = NO_SCOPE): Record<string, string> {
  const target = targetOf(Object.entries(resource), scope, DEFAULT_INGEST_LIMITS);
  return Object.fromEntries(
    seriesLabels(target, Object.entries(point), [['__name__', 'up']], DEFAULT_INGEST_LIMITS).filter(
      ([name]) => name !== '__name__',
    ),
  );
}

describe('labels of a series', () => {
  test('job, instance and service come from the resource, by the rules of Prometheus', () => {
    expect(labelsOf({ 'service.name': 'cart', 'service.namespace': 'shop', 'service.instance.id': 'cart-0' })).toEqual({
      job: 'shop/cart',
      instance: 'cart-0',
      service: 'cart',
    });
    expect(labelsOf({})).toEqual({ job: 'unknown_service', service: 'unknown_service' });
  });

  test('lasting attributes of the resource stay, what changes with each start or build does not', () => {
    const resource = {
      'service.name': 'cart',
      'service.version': '1.2.3',
      'deployment.environment.name': 'production',
      'host.name': 'a',
      'host.id': 'i-0',
      'cloud.region': 'eu-central-1',
      'cloud.account.id': '1',
      'k8s.pod.name': 'cart-0',
      'k8s.pod.uid': 'x',
      'process.pid': 7n,
      'telemetry.sdk.name': 'opentelemetry',
      team: 'payments',
    };
    expect(labelsOf(resource)).toEqual({
      job: 'cart',
      service: 'cart',
      deployment_environment_name: 'production',
      host_name: 'a',
      cloud_region: 'eu-central-1',
      k8s_pod_name: 'cart-0',
      team: 'payments',
    });
  });

  test('the scope is told by its name, version and attributes', () => {
    const scope = { name: 'io.http', version: '2.0', attributes: [['kind', 'auto']] as const };
    expect(labelsOf({ 'service.name': 'cart' }, {}, scope)).toMatchObject({
      otel_scope_name: 'io.http',
      otel_scope_version: '2.0',
      otel_scope_kind: 'auto',
    });
  });

  test('a point overrides its resource, and nothing overrides who sent it', () => {
    const point = { 'host.name': 'b', job: 'x', service: 'x', __name__: 'x' };
    expect(labelsOf({ 'service.name': 'cart', 'host.name': 'a' }, point)).toEqual({
      host_name: 'b',
      job: 'cart',
      service: 'cart',
    });
  });

  test('attributes that meet in one name are joined in the order of their keys', () => {
    expect(labelsOf({ 'service.name': 'cart' }, { a_b: 'second', 'a.b': 'first' }).a_b).toBe('first;second');
  });

  test('a tenant that a sender names is a label like any other', () => {
    expect(labelsOf({ 'service.name': 'cart' }, { tenant: 'somebody' }).tenant).toBe('somebody');
  });
});
