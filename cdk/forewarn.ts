import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledge, acknowledgements } from './acknowledgements.ts';
import { addStacks } from './stacks/all-stacks.ts';

/**
 * The service and the checks that it must pass: synthesis fails where a template is one that CloudFormation would refuse
 * (switched to errors in cdk.json), or where a rule of cdk-nag is broken without a reason.
 */
export function addForewarn(app: App): void {
  const { prefix } = addStacks(app);
  acknowledge(app, acknowledgements(prefix));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
