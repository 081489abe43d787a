import { expect, test } from 'vitest';
import { parseArguments } from '../../../local/backfill/arguments.ts';
import { BackfillError } from '../../../local/backfill/backfill-error.ts';

const NOW_MS = Date.UTC(2026, 10, 21, 12, 0, 0, 250);
const parse = (line: string) => parseArguments(line.split(' '), NOW_MS);

test('a Prometheus is loaded as a whole, from a time until now, every minute', () => {
  expect(parse('prometheus http://prometheus:9090 --from 2026-11-01')).toEqual({
    kind: 'prometheus',
    url: 'http://prometheus:9090',
    target: 'http://127.0.0.1:8788',
    key: undefined,
    state: undefined,
    matches: ['{__name__=~".+"}'],
    from: '2026-11-01',
    fromMs: Date.UTC(2026, 10, 1),
    toMs: Date.UTC(2026, 10, 21, 12),
    stepMs: 60_000,
    headers: {},
  });
});

test('parts of it are chosen by selectors, times and step', () => {
  expect(
    parse(
      'prometheus https://a/prom --from 90d --to 2026-11-20T10:00:00+01:00 --match up --match {job="x"} --step 5m --header X-Scope-OrgID:1 --target https://b --key k --state s',
    ),
  ).toMatchObject({
    fromMs: NOW_MS - 250 - 90 * 86_400_000,
    toMs: Date.UTC(2026, 10, 20, 9),
    matches: ['up', '{job="x"}'],
    stepMs: 300_000,
    headers: { 'x-scope-orgid': '1' },
    target: 'https://b',
    key: 'k',
    state: 's',
  });
});

test('a file may be given the name of its metric', () => {
  expect(parse('csv past.csv --name disk_used_bytes')).toMatchObject({
    kind: 'csv',
    path: 'past.csv',
    name: 'disk_used_bytes',
  });
});

test.each([
  ['csv', 'expected: prometheus URL, or csv FILE'],
  ['csv a.csv b.csv', 'expected: prometheus URL, or csv FILE'],
  ['graphite a', 'expected prometheus or csv'],
  ['csv a.csv --from 1d', '--from means nothing for csv'],
  ['prometheus http://a --name b --from 1d', '--name means nothing for prometheus'],
  ['prometheus http://a', '--from is missing'],
  ['prometheus ftp://a --from 1d', 'expected an http or https address'],
  ['prometheus http://a --from yesterday', '--from must be a time with a zone'],
  ['prometheus http://a --from 2026-11-01T00:00:00', '--from must be a time with a zone'],
  ['prometheus http://a --from 1d --to 2d', '--from must be before --to'],
  ['prometheus http://a --from 1d --step 0s', '--step must be'],
  ['prometheus http://a --from 1d --header secret', "--header must be 'NAME: VALUE'"],
  ['prometheus http://a --from 1d --colour red', '--colour'],
])('%s is refused: %s', (line, message) => {
  expect(() => parse(line)).toThrow(BackfillError);
  expect(() => parse(line)).toThrow(message);
});
