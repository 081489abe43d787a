import { type App, Tags, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { acknowledge, acknowledgements } from './acknowledgements.ts';
import { readSettings, type Settings } from './settings.ts';
import { StatefulStack } from './stacks/stateful-stack.ts';
import { StatelessStack } from './stacks/stateless-stack.ts';
import { WatchStack } from './stacks/watch-stack.ts';
import { type Stage, stageNamed } from './stages.ts';

export interface Forewarn {
  readonly stateful: StatefulStack;
  readonly stateless: StatelessStack;
  readonly watch: WatchStack;
}

/** The whole service for the stage and the settings in the app's context, and the checks that it must pass. */
export function addForewarn(app: App): Forewarn {
  const stage = stageNamed(String(app.node.tryGetContext('stage') ?? 'dev'));
  const prefix = `Forewarn-${stage.name}`;
  const forewarn = addStacks(app, prefix, stage, readSettings(app.node));
  acknowledge(app, acknowledgements(prefix));
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  return forewarn;
}

/** The stacks alone, without the checks. */
export function addStacks(app: App, prefix: string, stage: Stage, settings: Settings): Forewarn {
  const stateful = new StatefulStack(app, `${prefix}-Stateful`, { stage, description: 'Forewarn: data at rest' });
  const stateless = new StatelessStack(app, `${prefix}-Stateless`, {
    stage,
    settings,
    stateful,
    description: 'Forewarn: functions, routes and schedules',
  });
  const watch = new WatchStack(app, `${prefix}-Watch`, {
    settings,
    stateful,
    stateless,
    description: 'Forewarn: alarms about itself',
  });
  Tags.of(app).add('service', 'forewarn');
  Tags.of(app).add('stage', stage.name);
  return { stateful, stateless, watch };
}
