import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, type AppProps } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { afterAll } from 'vitest';
import { type AllStacks, addStacks } from '../../cdk/stacks/all-stacks.ts';

const CDK_JSON: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

/** An app makes a directory as soon as it is made, and leaves it behind: here are those of one test file. */
const directory = mkdtempSync(join(tmpdir(), 'forewarn-cdk-'));
let apps = 0;

afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** An app as CDK makes one by hand, in a directory that goes with the tests. */
export function bareApp(props: AppProps = {}): App {
  apps++;
  return new App({ ...props, outdir: join(directory, String(apps)) });
}

/** An app with the flags of cdk.json (an app made by hand does not read them) that bundles nothing. */
export function testApp(context: Readonly<Record<string, unknown>> = {}): App {
  return bareApp({
    analyticsReporting: false,
    context: { ...CDK_JSON.context, 'aws:cdk:bundling-stacks': [], ...context },
  });
}

export interface Resource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly DeletionPolicy?: string;
}

export interface Synthesized {
  readonly stacks: AllStacks;
  readonly stateful: Template;
  readonly stateless: Template;
  readonly watch: Template;
}

/** Templates of the service, without the checks, which take most of the time: those are for `checks.test.ts`. */
export function synthForewarn(context: Readonly<Record<string, unknown>> = {}): Synthesized {
  process.env.CDK_VALIDATION = 'false';
  const stacks = addStacks(testApp(context));
  return {
    stacks,
    stateful: Template.fromStack(stacks.stateful),
    stateless: Template.fromStack(stacks.stateless),
    watch: Template.fromStack(stacks.watch),
  };
}

/** Resources of a type by logical id, for checks that say something of each of them. */
export function resourcesOf(template: Template, type: string): ReadonlyMap<string, Resource> {
  return new Map(Object.entries(template.findResources(type) as Record<string, Resource>));
}

export function onlyResource(template: Template, type: string, idStart: string): Resource {
  const found = [...resourcesOf(template, type)].filter(([id]) => id.startsWith(idStart));
  if (found.length !== 1) throw new Error(`${found.length} resources ${type} whose id starts with ${idStart}`);
  return found[0]![1];
}
