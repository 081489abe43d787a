import { type App, Validations } from 'aws-cdk-lib';
import { INGEST_ROUTES } from './constructs/public-api.ts';
import { ROOM_ACCESS } from './room-access.ts';
import { ROOMS } from './rooms.ts';

/** One finding of cdk-nag that stays as it is, at one construct, and why. */
export interface Acknowledgement {
  /** Path of the construct in the app. */
  readonly path: string;
  /** Rule, with the finding where the rule has several. */
  readonly id: string;
  readonly reason: string;
}

const KEYS_ARE_CHECKED_INSIDE =
  'API keys are verified inside the room: an authorizer that fails answers 401, 403 or 500 with a body of its own, and ' +
  'senders such as Prometheus and the OpenTelemetry collector drop their data for good on those.';

const TRACES_HAVE_NO_RESOURCE =
  'X-Ray has no resources to name: PutTraceSegments and PutTelemetryRecords can only be allowed on *. A test makes sure ' +
  'that no other statement of the role names *.';

const PREFIX_IS_THE_RESOURCE =
  'Object keys are made at run time from workspace, shard and time; the prefix is the narrowest name there is before that.';

/** `prefix` is the part of the stacks' names that differs between stages. */
export function acknowledgements(prefix: string): readonly Acknowledgement[] {
  const stateful = `${prefix}-Stateful`;
  const stateless = `${prefix}-Stateless`;
  return [
    {
      path: `${stateful}/Pepper/Resource`,
      id: 'AwsSolutions-SMG4',
      reason:
        'Replacing the pepper makes every API key invalid, so it must not happen on a timer. A second pepper beside the ' +
        'first, for keys made after it, needs a version in the key record.',
    },
    ...apiAcknowledgements(`${stateless}/PublicApi`),
    ...ROOMS.map((room) => ({
      path: policyOf(stateless, room),
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: TRACES_HAVE_NO_RESOURCE,
    })),
    ...objectAcknowledgements(stateful, stateless),
    {
      path: policyOf(stateless, 'notify'),
      id: 'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:ses:<AWS::Region>:<AWS::AccountId>:identity/*]',
      reason:
        'While SES is in its sandbox it checks the identities of the recipients too. The condition on ses:FromAddress ' +
        'fixes the one sender that may be used.',
    },
  ];
}

function apiAcknowledgements(api: string): readonly Acknowledgement[] {
  const routes = [
    ...INGEST_ROUTES.map(({ method, path }) => `Api/${method}${path.replaceAll('/', '--')}`),
    'Api/ANY--v1--{proxy+}',
    'Otherwise',
  ];
  return routes.map((route) => ({
    path: `${api}/${route}/Resource`,
    id: 'AwsSolutions-APIG4',
    reason: KEYS_ARE_CHECKED_INSIDE,
  }));
}

function objectAcknowledgements(stateful: string, stateless: string): readonly Acknowledgement[] {
  // The name under which the one stack exports the bucket to the other. Ids of stateful constructs never change.
  const bucket = `${stateful}:ExportsOutputFnGetAttTelemetryBucketFB1718EFArn6C70E58A`;
  return ROOMS.flatMap((room) => {
    const { readObjects = [], putObjects = [] } = ROOM_ACCESS[room];
    return [...new Set([...readObjects, ...putObjects])].map((objects) => ({
      path: policyOf(stateless, room),
      id: `AwsSolutions-IAM5[Resource::${bucket}/${objects}/*]`,
      reason: PREFIX_IS_THE_RESOURCE,
    }));
  });
}

function policyOf(stateless: string, room: string): string {
  return `${stateless}/${room.charAt(0).toUpperCase()}${room.slice(1)}/Role/DefaultPolicy/Resource`;
}

/** Throws where there is no such construct: an acknowledgement must not outlive what it is about. */
export function acknowledge(app: App, list: readonly Acknowledgement[]): void {
  const constructs = new Map(app.node.findAll().map((construct) => [construct.node.path, construct]));
  for (const { path, id, reason } of list) {
    const construct = constructs.get(path);
    if (construct === undefined) throw new RangeError(`acknowledgement of ${id}: there is no construct ${path}`);
    Validations.of(construct).acknowledge({ id, reason });
  }
}
