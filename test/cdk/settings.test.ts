import { describe, expect, it } from 'vitest';
import { readSettings } from '../../cdk/settings.ts';
import { stageNamed } from '../../cdk/stages.ts';
import { bareApp } from './synth-forewarn.ts';

const settings = (context: Readonly<Record<string, unknown>>) => readSettings(bareApp({ context }).node);

describe('settings', () => {
  it('send nothing to anybody before they are made', () => {
    const { mailFrom, mailTo, alarmMail } = settings({});

    expect([mailFrom, ...mailTo].every((address) => address.endsWith('@example.com'))).toBe(true);
    expect(alarmMail).toBeUndefined();
  });

  it('take several recipients with commas between', () => {
    expect(settings({ mailTo: 'a@company.test, b@company.test' }).mailTo).toEqual(['a@company.test', 'b@company.test']);
  });

  it.each([
    ['a sender with a name', { mailFrom: 'Forewarn <a@company.test>' }, /mailFrom must be a bare e-mail address/],
    ['one bad recipient among good ones', { mailTo: 'a@company.test,b' }, /mailTo must be e-mail addresses/],
    ['a zone that nobody knows', { timeZone: 'Vienna' }, /timeZone must be an IANA name .* got Vienna/],
    ['an address that is not encrypted', { publicUrl: 'http://company.test' }, /publicUrl must be an https address/],
    ['something that is no text', { mailTo: 7 }, /mailTo must be a text, got number/],
  ])('fails when given %s', (_what, context, message) => {
    expect(() => settings(context)).toThrow(message);
  });

  it('fails with everything that is wrong at once', () => {
    expect(() => settings({ mailFrom: 'a', timeZone: 'b' })).toThrow(/mailFrom.*; timeZone/);
  });
});

describe('stage', () => {
  it('fails when it is unknown, and says which there are', () => {
    expect(() => stageNamed('staging')).toThrow('stage: must be one of dev, production, got staging');
  });
});
