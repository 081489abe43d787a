import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

export interface HouseAlarmProps {
  /** Heading of its section in docs/operations.md, without the `### `. */
  readonly heading: string;
  readonly metric: IMetric;
  /** It rings when the metric is above this. */
  readonly threshold: number;
  /** Unit of the threshold, for people. */
  readonly unit: string;
  /** How many periods of the metric in a row must be above it. */
  readonly periods: number;
  readonly topic: ITopic;
}

/** An alarm that says what it is about, its threshold with unit, and where to read what to do. */
export class HouseAlarm extends Construct {
  constructor(scope: Construct, id: string, props: HouseAlarmProps) {
    super(scope, id);
    const alarm = new Alarm(this, 'Alarm', {
      alarmDescription: `${props.heading}: above ${props.threshold} ${props.unit}. See docs/operations.md, "${props.heading}".`,
      metric: props.metric,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: props.threshold,
      evaluationPeriods: props.periods,
      // None of these metrics is sent while nothing happens.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(props.topic));
    alarm.addOkAction(new SnsAction(props.topic));
  }
}
