import { RemovalPolicy } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  HttpApi,
  HttpMethod,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface PublicApiProps {
  readonly ratePerSecond: number;
  readonly burst: number;
  readonly logDays: RetentionDays;
}

/** Method and path of every route that takes data in; all others are answered by query. */
export const INGEST_ROUTES = [
  // Any method: the room answers a wrong one itself, with the body that the protocol asks for.
  { method: HttpMethod.ANY, path: '/api/v1/write' },
  { method: HttpMethod.ANY, path: '/v1/ingest/{proxy+}' },
  { method: HttpMethod.ANY, path: '/v1/metrics' },
  { method: HttpMethod.ANY, path: '/v1/logs' },
  { method: HttpMethod.ANY, path: '/v1/traces' },
  { method: HttpMethod.ANY, path: '/otlp/{proxy+}' },
  { method: HttpMethod.ANY, path: '/api/v1/otlp/{proxy+}' },
  { method: HttpMethod.ANY, path: '/loki/api/v1/push' },
  { method: HttpMethod.ANY, path: '/firehose' },
  // Changes are sent here and listed by query, under one path.
  { method: HttpMethod.POST, path: '/v1/changes' },
] as const;

/** One JSON object a request. `status` is a number, so that a metric filter can compare it. */
const ACCESS_LOG_FORMAT = AccessLogFormat.custom(
  JSON.stringify({
    time: '$context.requestTimeEpoch',
    requestId: '$context.requestId',
    routeKey: '$context.routeKey',
    path: '$context.path',
    status: '$context.status',
    responseLength: '$context.responseLength',
    latencyMs: '$context.responseLatency',
    integrationError: '$context.integrationErrorMessage',
    sourceIp: '$context.identity.sourceIp',
  }).replace('"$context.status"', '$context.status'),
);

/** The HTTP API: throttled, every request logged, who may call what decided inside the rooms. */
export class PublicApi extends Construct {
  readonly api: HttpApi;
  readonly accessLogs: LogGroup;

  constructor(scope: Construct, id: string, props: PublicApiProps) {
    super(scope, id);
    this.accessLogs = new LogGroup(this, 'AccessLogs', {
      retention: props.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.api = new HttpApi(this, 'Api', { createDefaultStage: false });
    new HttpStage(this, 'Stage', {
      httpApi: this.api,
      stageName: '$default',
      autoDeploy: true,
      throttle: { rateLimit: props.ratePerSecond, burstLimit: props.burst },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLogs), format: ACCESS_LOG_FORMAT },
    });
  }

  /** Separate from the constructor, since functions are given the address of the API. */
  route(rooms: { readonly ingest: IFunction; readonly query: IFunction }): void {
    const ingest = new HttpLambdaIntegration('Ingest', rooms.ingest, { scopePermissionToRoute: false });
    const query = new HttpLambdaIntegration('Query', rooms.query, { scopePermissionToRoute: false });
    for (const { method, path } of INGEST_ROUTES) {
      this.api.addRoutes({ path, methods: [method], integration: ingest });
    }
    this.api.addRoutes({ path: '/v1/{proxy+}', methods: [HttpMethod.ANY], integration: query });
    // Paths that nobody has: so that a 404 is ours too, and not the gateway's.
    new HttpRoute(this, 'Otherwise', { httpApi: this.api, routeKey: HttpRouteKey.DEFAULT, integration: query });
  }
}
