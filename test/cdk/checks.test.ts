import { readFileSync } from 'node:fs';
import { type App, CfnResource, type IPolicyValidationPlugin, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { acknowledge, acknowledgements } from '../../cdk/acknowledgements.ts';
import { addForewarn } from '../../cdk/forewarn.ts';
import { addStacks } from '../../cdk/stacks/all-stacks.ts';
import { bareApp, testApp } from './synth-forewarn.ts';

const PREFIX = 'Forewarn-dev';

describe('synthesis', () => {
  it.each(['dev', 'production'])('of stage %s passes every check', (stage) => {
    const app = testApp({ stage });
    addForewarn(app);

    expect(() => app.synth()).not.toThrow();
  });

  it('fails when a resource breaks a rule of cdk-nag', () => {
    const app = testApp();
    addForewarn(app);
    new Bucket(new Stack(app, 'Planted'), 'PublicBucket');

    expect(() => app.synth()).toThrow();
    expect(reportOf(app)).toContain('AwsSolutions-S1');
  });

  it('fails when a template is one that CloudFormation would refuse', () => {
    const app = testApp();
    addForewarn(app);
    new CfnResource(new Stack(app, 'Planted'), 'Function', {
      type: 'AWS::Lambda::Function',
      properties: { Runtime: 'nodejs24.x', Timeout: 9_999 },
    });

    expect(() => app.synth()).toThrow();
    expect(reportOf(app)).toMatch(/"ruleName": ?"[EF]\d{4}"/);
  });
});

describe('acknowledgements', () => {
  const findings = findingsWithoutAcknowledgements();
  const acknowledged = acknowledgements(PREFIX).map(({ id, path }) => `${id} at ${path}`);

  it('are each of one finding that there is: none is left over from something that is gone', () => {
    expect(acknowledged.filter((entry) => !findings.includes(entry))).toEqual([]);
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
  });

  it('are all the findings there are', () => {
    expect(findings.filter((finding) => !acknowledged.includes(finding))).toEqual([]);
  });

  it('each give a reason that says more than that it is acknowledged', () => {
    for (const { id, path, reason } of acknowledgements(PREFIX)) {
      expect(reason.split(' ').length, `${id} at ${path}`).toBeGreaterThanOrEqual(12);
    }
  });

  it('fails when one is of a construct that does not exist', () => {
    const entry = { path: 'Forewarn-dev-Stateful/Nothing', id: 'AwsSolutions-S1', reason: 'planted' };

    expect(() => acknowledge(bareApp(), [entry])).toThrow(
      'acknowledgement of AwsSolutions-S1: there is no construct Forewarn-dev-Stateful/Nothing',
    );
  });
});

function reportOf(app: App): string {
  return readFileSync(`${app.outdir}/validation-report.json`, 'utf8');
}

/** What cdk-nag says of the stacks as they are; collected while synthesis runs, since only then all names are known. */
function findingsWithoutAcknowledgements(): readonly string[] {
  const app = testApp();
  addStacks(app);
  const checks = new AwsSolutionsChecks(app);
  const findings: string[] = [];
  const collect: IPolicyValidationPlugin = {
    name: 'collect',
    validate(context) {
      for (const { ruleName, violatingResources } of checks.validate(context).violations) {
        findings.push(...violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`));
      }
      return { success: true, violations: [] };
    },
  };
  Validations.of(app).addPlugins(collect);
  app.synth();
  return findings;
}
