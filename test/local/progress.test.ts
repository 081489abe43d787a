import { describe, expect, it } from 'vitest';
import { createProgress, type Progress } from '../../local/progress.ts';

/** What is written to a terminal, or to something that is none. */
function written(isTTY: boolean, use: (progress: Progress) => void): string {
  let text = '';
  const write = (chunk: string): boolean => {
    text += chunk;
    return true;
  };
  use(createProgress({ isTTY, write } as NodeJS.WriteStream)); // all that it uses of a stream
  return text;
}

const STEPS = [0, 0.1, 0.24, 0.25, 0.3, 0.5, 0.74, 0.9, 1, 1];

describe('progress where there is no terminal', () => {
  it('is a plain line for each quarter of a step and one for its end', () => {
    const text = written(false, (progress) => {
      for (const ratio of STEPS) progress.step('Sending', ratio);
    });

    expect(text).toBe('Sending: 25 %\nSending: 50 %\nSending: 90 %\nSending: 100 %\n');
  });

  it('is told for each step on its own, between lines that stay', () => {
    const text = written(false, (progress) => {
      progress.step('Sending', 1);
      progress.say('ready');
      progress.step('Learning', 0.6);
      progress.step('Learning', 1);
    });

    expect(text).toBe('Sending: 100 %\nready\nLearning: 60 %\nLearning: 100 %\n');
  });

  it('has nothing that only a terminal understands', () => {
    const text = written(false, (progress) => {
      for (const ratio of STEPS) progress.step('Sending', ratio);
      progress.say('ready');
    });

    expect(text).not.toContain('\x1b');
    expect(text).not.toContain('\r');
  });
});

describe('progress in a terminal', () => {
  it('is a bar that is drawn over itself and stays when it is full', () => {
    const text = written(true, (progress) => {
      progress.step('Sending', 0);
      progress.step('Sending', 0.5);
      progress.step('Sending', 1);
    });

    expect(text.split('\r\x1b[2K')).toEqual([
      '',
      `Sending [${'.'.repeat(28)}] 0 %`,
      `Sending [${'#'.repeat(14)}${'.'.repeat(14)}] 50 %`,
      `Sending [${'#'.repeat(28)}] 100 %\n`,
    ]);
  });

  it('gives way to a line that stays', () => {
    const text = written(true, (progress) => {
      progress.step('Sending', 0.5);
      progress.say('ready');
    });

    expect(text.endsWith('50 %\r\x1b[2Kready\n')).toBe(true);
  });
});
