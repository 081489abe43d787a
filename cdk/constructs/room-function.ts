import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { type ICommandHooks, LogLevel, NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { BUNDLE_BANNER, BUNDLE_MAIN_FIELDS, BUNDLE_TARGET } from '../bundling.ts';
import type { Room } from '../rooms.ts';

/** A file that the bundler does not see: read at run time from beside the bundle. */
export interface ExtraFile {
  /** Path in the repository. */
  readonly from: string;
  /** Name beside the bundle. */
  readonly to: string;
}

export interface RoomFunctionProps {
  readonly room: Room;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMb: number;
  readonly timeout: Duration;
  readonly logDays: RetentionDays;
  /** @default nothing is copied beside the bundle */
  readonly extraFiles?: readonly ExtraFile[];
  /**
   * For functions that are called without anybody waiting: where a run goes that failed.
   * @default the caller sees the failure itself
   */
  readonly failedRuns?: IQueue;
  /** @default as many at once as the account allows */
  readonly reservedConcurrency?: number;
}

const REPOSITORY = fileURLToPath(new URL('../..', import.meta.url));

/** One Lambda with house defaults: a room names its environment, its size and, through grants, what it may do. */
export class RoomFunction extends Construct {
  readonly function: NodejsFunction;

  constructor(scope: Construct, id: string, props: RoomFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: props.logDays, removalPolicy: RemovalPolicy.DESTROY });
    // A role of our own: the one that CDK makes carries a managed policy that may write to every log group.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    this.function = new NodejsFunction(this, 'Function', {
      entry: `${REPOSITORY}functions/${props.room}/handler.ts`,
      handler: 'handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memoryMb,
      timeout: props.timeout,
      environment: { ...props.environment, NODE_OPTIONS: '--enable-source-maps' },
      // The setting belongs to version 2 of the SDK; version 3 keeps connections by itself.
      awsSdkConnectionReuse: false,
      role,
      logGroup,
      tracing: Tracing.ACTIVE,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      // The next run of the schedule does the work of the failed one: no retry, but a record that somebody looks at.
      ...(props.failedRuns !== undefined && {
        deadLetterQueue: props.failedRuns,
        retryAttempts: 0,
        maxEventAge: Duration.minutes(1),
      }),
      projectRoot: REPOSITORY,
      depsLockFilePath: `${REPOSITORY}package-lock.json`,
      bundling: {
        format: OutputFormat.ESM,
        target: BUNDLE_TARGET,
        mainFields: [...BUNDLE_MAIN_FIELDS],
        minify: true,
        logLevel: LogLevel.WARNING,
        sourceMap: true,
        sourcesContent: false,
        // The version of the lockfile, not whichever one the runtime carries.
        bundleAwsSDK: true,
        banner: BUNDLE_BANNER,
        ...(props.extraFiles !== undefined && { commandHooks: copyBesideBundle(props.extraFiles) }),
      },
    });
  }
}

function copyBesideBundle(files: readonly ExtraFile[]): ICommandHooks {
  return {
    beforeBundling: () => [],
    beforeInstall: () => [],
    afterBundling: (inputDir, outputDir) =>
      files.map(({ from, to }) => `cp ${quoted(`${inputDir}/${from}`)} ${quoted(`${outputDir}/${to}`)}`),
  };
}

/** For a POSIX shell: repositories may lie in folders with spaces. */
function quoted(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
