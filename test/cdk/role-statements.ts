import type { Template } from 'aws-cdk-lib/assertions';
import { resourcesOf } from './synth-forewarn.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Every permission of a role, one line each: action, resource in short, and the condition where there is one. */
export function permissionsOf(template: Template, roleIdStart: string): readonly string[] {
  return statementsOf(template, roleIdStart)
    .flatMap((statement) =>
      [statement.Action].flat().flatMap((action) =>
        resourcesIn(statement).map((resource) => {
          const condition = conditionOf(statement);
          return `${action} ${resource}${condition && ` if ${condition}`}`;
        }),
      ),
    )
    .toSorted();
}

function statementsOf(template: Template, roleIdStart: string): readonly Statement[] {
  const policies = [...resourcesOf(template, 'AWS::IAM::Policy').values()].filter((policy) =>
    JSON.stringify(policy.Properties.Roles).includes(`"${roleIdStart}`),
  );
  const statements = policies.flatMap(
    (policy) => (policy.Properties.PolicyDocument as { Statement: readonly Statement[] }).Statement,
  );
  if (statements.length === 0) throw new Error(`no policy of a role ${roleIdStart}`);
  const denied = statements.filter((statement) => statement.Effect !== 'Allow');
  if (denied.length > 0) throw new Error(`role ${roleIdStart} has a statement that does not allow`);
  return statements;
}

function resourcesIn(statement: Statement): readonly string[] {
  return [statement.Resource].flat().map(shortName);
}

const SHORT_NAMES: readonly (readonly [RegExp, string])[] = [
  [/ExportsOutputFnGetAttTelemetryBucket\w+Arn/, 'bucket'],
  [/ExportsOutputFnGetAttRecordsTable\w+Arn/, 'table'],
  [/ExportsOutputFnGetAttSegmentsQueue\w+Arn/, 'segments'],
  [/ExportsOutputRefPepper/, 'pepper'],
  [/FailedRuns/, 'failed-runs'],
  [/(\w+)Logs\w+","Arn/, 'own-logs'],
  [/(\w+)Function\w+","Arn/, 'function'],
  [/:ses:/, 'ses'],
];

/** `bucket/seg/*` for what CloudFormation writes as a join of imports. */
function shortName(resource: unknown): string {
  if (resource === '*') return '*';
  const text = JSON.stringify(resource);
  const name = SHORT_NAMES.find(([pattern]) => pattern.test(text))?.[1];
  if (name === undefined) throw new Error(`a resource that this test does not know: ${text}`);
  const rest = /"([:/][^"]*)"\]\]\}$/.exec(text)?.[1] ?? '';
  return name === 'ses' ? rest.replace(/^:/, 'ses:') : name + rest;
}

function conditionOf({ Condition }: Statement): string {
  if (Condition === undefined) return '';
  const [[test, keys] = ['', {}], ...others] = Object.entries(Condition as Record<string, Record<string, unknown>>);
  const [[key, values] = ['', []], ...otherKeys] = Object.entries(keys);
  if (others.length + otherKeys.length > 0) throw new Error('a condition with several keys, unknown to this test');
  const short = key === 'dynamodb:LeadingKeys' && test === 'ForAllValues:StringLike' ? 'partition' : `${test} ${key}`;
  return `${short} ${[values].flat().join(' ')}`;
}

/** Kinds of records that a role may do this with, told from the partitions that its condition names. */
export function recordKinds(permissions: readonly string[], action: string): readonly string[] {
  const line = permissions.find((permission) => permission.startsWith(`dynamodb:${action} table if partition *`));
  return (line?.split(' if partition ')[1]?.split(' ') ?? [])
    .map((partition) => partition.replace('*#', ''))
    .toSorted();
}
