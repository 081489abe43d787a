import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Schedule, type ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

export interface RoomScheduleProps {
  readonly function: IFunction;
  readonly expression: ScheduleExpression;
  /** Where a call goes that never reached the function. */
  readonly failedRuns: IQueue;
  /** For people, in the console. */
  readonly description: string;
}

/** Calls a room at regular times. A call that cannot be made within a minute is given up: the next one is near. */
export class RoomSchedule extends Construct {
  constructor(scope: Construct, id: string, props: RoomScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [props.function.functionArn] }),
    );
    props.failedRuns.grantSendMessages(role);
    new Schedule(this, 'Schedule', {
      description: props.description,
      schedule: props.expression,
      target: new LambdaInvoke(props.function, {
        // Left to itself the target would also allow every version and alias of the function.
        role: role.withoutPolicyUpdates(),
        input: ScheduleTargetInput.fromObject({}),
        deadLetterQueue: props.failedRuns,
        maxEventAge: Duration.minutes(1),
        retryAttempts: 2,
      }),
    });
  }
}
