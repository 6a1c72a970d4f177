import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mapBounded, Slots } from '../../../connectors/sdk/http/limit.ts';
import { mintedAuthorization } from '../../../connectors/sdk/http/token.ts';
import { looksThrottled, resetMs, retryAfterMs, throttleMs } from '../../../connectors/sdk/http/wait.ts';

const NOW = Date.parse('2026-09-01T12:00:00Z');

describe('waits', () => {
  it.each([
    ['0', 0],
    ['7', 7_000],
    ['1.5', 1_500],
    ['Tue, 01 Sep 2026 12:00:30 GMT', 30_000],
    ['Tue, 01 Sep 2026 11:00:00 GMT', 0],
    ['soon', null],
    ['', null],
    ['-5', null],
  ])('Retry-After %s is %s ms', (value, expected) => {
    expect(retryAfterMs({ 'retry-after': value }, NOW)).toBe(expected);
  });

  it("reads dates and resets on the server's clock", () => {
    const headers = {
      date: 'Tue, 01 Sep 2026 13:00:00 GMT',
      'retry-after': 'Tue, 01 Sep 2026 13:00:10 GMT',
      'x-ratelimit-reset': `${NOW / 1000 + 3605}`,
    };
    expect(retryAfterMs(headers, NOW)).toBe(10_000);
    expect(resetMs(headers, NOW)).toBe(6_000);
  });

  it('prefers Retry-After, then the reset of a used-up limit, then the floor, doubled each time', () => {
    const reset = `${NOW / 1000 + 9}`;
    expect(throttleMs({ 'retry-after': '3', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, NOW, 0, 60_000)).toBe(3_000);
    expect(throttleMs({ 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset }, NOW, 0, 60_000)).toBe(10_000);
    expect(throttleMs({ 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': reset }, NOW, 0, 60_000)).toBe(60_000);
    expect(throttleMs({}, NOW, 2, 60_000)).toBe(240_000);
  });

  it('takes a 403 for a throttle only when it says so', () => {
    expect(looksThrottled(429, {})).toBe(true);
    expect(looksThrottled(403, {})).toBe(false);
    expect(looksThrottled(403, { 'x-ratelimit-remaining': '12' })).toBe(false);
    expect(looksThrottled(403, { 'x-ratelimit-remaining': '0' })).toBe(true);
    expect(looksThrottled(403, { 'retry-after': '1' })).toBe(true);
    expect(looksThrottled(503, { 'retry-after': '1' })).toBe(false);
  });
});

describe('mapBounded', () => {
  it('keeps the order and the bound', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3), { maxLength: 30 }), fc.integer({ min: 1, max: 5 }), async (delays, width) => {
        let running = 0;
        let most = 0;
        const results = await mapBounded(delays, width, async (ticks, index) => {
          most = Math.max(most, ++running);
          for (let tick = 0; tick < ticks; tick += 1) await Promise.resolve();
          running -= 1;
          return index;
        });
        expect(results).toEqual(delays.map((_, index) => index));
        expect(most).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('begins nothing more after a failure, and waits for what runs', async () => {
    const begun: number[] = [];
    let ended = 0;
    const work = mapBounded([0, 1, 2, 3, 4, 5], 2, async (item) => {
      begun.push(item);
      await Promise.resolve();
      if (item === 1) throw new Error('no');
      await new Promise((resolve) => setImmediate(resolve));
      ended += 1;
    });
    await expect(work).rejects.toThrow('no');
    expect(begun).toEqual([0, 1]);
    expect(ended).toBe(1);
  });

  it('gives a slot on, also after a failure', async () => {
    const slots = new Slots(1);
    await expect(slots.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(Promise.all([slots.run(async () => 1), slots.run(async () => 2)])).resolves.toEqual([1, 2]);
  });
});

describe('mintedAuthorization', () => {
  it('mints once for callers at the same time, again when refused or nearly over, and keeps no failure', async () => {
    let now = 0;
    let mints = 0;
    let fail = true;
    const authorize = mintedAuthorization(
      async () => {
        if (fail) throw new Error('mint failed');
        mints += 1;
        return { value: `t${mints}`, expiresAt: now + 3_600_000 };
      },
      { now: () => now },
    );
    await expect(authorize(null)).rejects.toThrow('mint failed');
    fail = false;
    expect(await Promise.all([authorize(null), authorize(null)])).toEqual(['t1', 't1']);
    expect(await Promise.all([authorize('t1'), authorize('t1')])).toEqual(['t2', 't2']);
    // A late refusal of the old one does not cost the new one.
    expect(await authorize('t1')).toBe('t2');
    now += 3_541_000;
    expect(await authorize(null)).toBe('t3');
  });
});
