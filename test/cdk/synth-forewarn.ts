import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { addForewarn, type Forewarn } from '../../cdk/forewarn.ts';

const CDK_JSON: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

/** An app with the flags of cdk.json (an app made by hand does not read them) that bundles nothing. */
export function testApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({
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
  readonly forewarn: Forewarn;
  readonly stateful: Template;
  readonly stateless: Template;
  readonly watch: Template;
}

/** Synthesizes the service, which fails where a check of it fails. */
export function synthForewarn(context: Readonly<Record<string, unknown>> = {}): Synthesized {
  const forewarn = addForewarn(testApp(context));
  return {
    forewarn,
    stateful: Template.fromStack(forewarn.stateful),
    stateless: Template.fromStack(forewarn.stateless),
    watch: Template.fromStack(forewarn.watch),
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
