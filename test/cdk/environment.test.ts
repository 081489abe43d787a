import { describe, expect, it } from 'vitest';
import { ROOMS, type Room } from '../../cdk/rooms.ts';
import {
  decideEnv,
  detectEnv,
  forecastEnv,
  ingestEnv,
  notifyEnv,
  queryEnv,
  readEnv,
  reportEnv,
  surveyEnv,
  trainEnv,
} from '../../functions/platform/env.ts';
import { onlyResource, synthForewarn } from './synth-forewarn.ts';

const SCHEMAS = {
  ingest: ingestEnv,
  detect: detectEnv,
  survey: surveyEnv,
  forecast: forecastEnv,
  train: trainEnv,
  decide: decideEnv,
  report: reportEnv,
  notify: notifyEnv,
  query: queryEnv,
} as const;

const { stateless } = synthForewarn({ mailTo: 'a@company.test, b@company.test', publicUrl: 'https://forewarn.test' });

function variablesOf(room: Room): Readonly<Record<string, unknown>> {
  const id = `${room.charAt(0).toUpperCase()}${room.slice(1)}Function`;
  const { Environment } = onlyResource(stateless, 'AWS::Lambda::Function', id).Properties;
  return (Environment as { Variables: Record<string, unknown> }).Variables;
}

describe.each(ROOMS)('%s', (room) => {
  it('is given the variables of its schema, none missing and none besides', () => {
    const given = Object.keys(variablesOf(room)).filter((name) => name.startsWith('FOREWARN_'));

    expect(given.toSorted()).toEqual(Object.keys(SCHEMAS[room].in.shape).toSorted());
  });

  it('can read the values that it is given', () => {
    // What only the deployment knows stands in the template as a reference; any address will do for it here.
    const source = Object.fromEntries(
      Object.entries(variablesOf(room)).map(([name, value]) => [
        name,
        typeof value === 'string' ? value : 'https://known-when-deployed.test',
      ]),
    );

    expect(readEnv(SCHEMAS[room], source)).toMatchObject({ shardCount: 4, logLevel: 'debug' });
  });

  it('holds no secret, only where to find it', () => {
    const literals = Object.entries(variablesOf(room)).filter(([, value]) => typeof value === 'string');

    expect(literals.filter(([name]) => /SECRET|PEPPER|PASSWORD|TOKEN/.test(name))).toEqual([]);
  });
});
