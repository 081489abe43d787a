import { describe, expect, it } from 'vitest';
import { createReusedBytes } from '../../../data/state/reused-bytes.ts';

describe('bytes that are used again', () => {
  it('are the same memory where they were given back and are large enough', () => {
    const { take, giveBack } = createReusedBytes();
    const first = take(1_000);
    giveBack(first);

    const second = take(1_050);

    expect(first).toHaveLength(1_000);
    expect(second).toHaveLength(1_050);
    expect(second.buffer).toBe(first.buffer);
  });

  it('are never two takers’ at once', () => {
    const { take, giveBack } = createReusedBytes();
    const [first, second] = [take(100), take(100)];
    giveBack(first);
    giveBack(second);

    expect(second.buffer).not.toBe(first.buffer);
    expect(take(100).buffer).not.toBe(take(100).buffer);
  });

  it('are given up where they are too small, or many times as large as needed', () => {
    const { take, giveBack } = createReusedBytes();
    const small = take(100);
    giveBack(small);
    const large = take(1_000);
    giveBack(large);
    const afterwards = take(100);

    expect(large.buffer).not.toBe(small.buffer);
    expect(afterwards.buffer).not.toBe(large.buffer);
    expect(afterwards.buffer.byteLength).toBeLessThan(200);
  });
});
