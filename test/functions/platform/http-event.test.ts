import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { expect, it } from 'vitest';
import { readEventBody } from '../../../functions/platform/http-event.ts';
import { httpEvent } from './http-events.ts';

const BYTES = 'bytes ü\0';

/** As API Gateway sends it: a plain object that went through JSON. */
function received(over: Partial<APIGatewayProxyEventV2>): APIGatewayProxyEventV2 {
  const { body: _, ...event } = httpEvent('POST', '/');
  return { ...(structuredClone(event) as APIGatewayProxyEventV2), ...over };
}

it.each<[string, APIGatewayProxyEventV2, string]>([
  ['base64', received({ body: Buffer.from(BYTES).toString('base64'), isBase64Encoded: true }), BYTES],
  ['text', received({ body: BYTES, isBase64Encoded: false }), BYTES],
  ['nothing', received({ isBase64Encoded: false }), ''],
  ['an event made on this machine', httpEvent('POST', '/', { body: BYTES }), BYTES],
])('the body is read from %s', (_, event, expected) => {
  expect(Buffer.from(readEventBody(event)).toString('utf8')).toBe(expected);
});

it('an event made on this machine can be read as API Gateway would send it', () => {
  const event = JSON.parse(JSON.stringify(httpEvent('POST', '/', { body: BYTES }))) as APIGatewayProxyEventV2;

  expect(event.isBase64Encoded).toBe(true);
  expect(Buffer.from(readEventBody(event)).toString('utf8')).toBe(BYTES);
});
