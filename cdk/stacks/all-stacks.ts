import { type App, Tags } from 'aws-cdk-lib';
import { readSettings } from '../settings.ts';
import { stageNamed } from '../stages.ts';
import { StatefulStack } from './stateful-stack.ts';
import { StatelessStack } from './stateless-stack.ts';
import { WatchStack } from './watch-stack.ts';

export interface AllStacks {
  /** What the names of all stacks begin with; says the stage. */
  readonly prefix: string;
  readonly stateful: StatefulStack;
  readonly stateless: StatelessStack;
  readonly watch: WatchStack;
}

/** The whole service, for the stage and the settings in the app's context. */
export function addStacks(app: App): AllStacks {
  const stage = stageNamed(String(app.node.tryGetContext('stage') ?? 'dev'));
  const settings = readSettings(app.node);
  const prefix = `Forewarn-${stage.name}`;

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
  return { prefix, stateful, stateless, watch };
}
