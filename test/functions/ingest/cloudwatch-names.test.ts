import { expect, test } from 'vitest';
import { cloudWatchName, dimensionLabel } from '../../../functions/ingest/cloudwatch-names.ts';

test.each([
  ['AWS/EC2', 'CPUUtilization', 'aws_ec2_cpuutilization'],
  ['AWS/DynamoDB', 'ConsumedReadCapacityUnits', 'aws_dynamodb_consumed_read_capacity_units'],
  ['AWS/ApplicationELB', 'HTTPCode_Target_5XX_Count', 'aws_applicationelb_httpcode_target_5_xx_count'],
  ['CWAgent', 'disk_used_percent', 'aws_cwagent_disk_used_percent'],
  ['My Shop/Orders', 'orders.placed-total', 'aws_my_shop_orders_orders_placed_total'],
  ['AWS/Usage', '--', 'aws_usage'],
  ['Ünïcode', 'größe', 'aws_ünïcode_größe'],
])('%s %s is the series %s', (namespace, metricName, name) => {
  expect(cloudWatchName(namespace, metricName)).toBe(name);
});

test.each([
  ['InstanceId', 'instance_id'],
  ['LoadBalancer', 'load_balancer'],
  ['DBInstanceIdentifier', 'dbinstance_identifier'],
  ['host name', 'host_name'],
  ['2nd', 'key_2nd'],
])('the dimension %s is the label %s', (dimension, label) => {
  expect(dimensionLabel(dimension)).toBe(label);
});
