import { prometheusLabelName } from './otlp-names.ts';

/**
 * The name of a CloudWatch metric as a series: `AWS/EC2` and `CPUUtilization` become `aws_ec2_cpuutilization`. It begins with
 * `aws_` whatever the namespace. Words are parted where a small letter or a digit meets a capital, as the exporters of
 * CloudWatch for Prometheus do, so that names known from there are found here.
 */
export function cloudWatchName(namespace: string, metricName: string): string {
  const place = sanitise(namespace.toLowerCase());
  const name = sanitise(snakeCase(metricName));
  return [...(/^aws(_|$)/.test(place) ? [] : ['aws']), place, name].filter((part) => part !== '').join('_');
}

/** The name of a dimension as a label: `InstanceId` becomes `instance_id`. */
export function dimensionLabel(name: string): string {
  return prometheusLabelName(snakeCase(name));
}

function snakeCase(name: string): string {
  return name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();
}

/** Everything but letters and digits becomes one underscore; none at either end. */
function sanitise(name: string): string {
  return name.replaceAll(/[^\p{L}\p{N}]+/gu, '_').replaceAll(/^_|_$/g, '');
}
