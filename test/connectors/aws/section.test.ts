import { describe, expect, it } from 'vitest';
import { perItem } from '../../../connectors/aws/steps/section.ts';
import { SourceError } from '../../../connectors/sdk/types.ts';

const failing = (code: string) => async (): Promise<never> => {
  throw new SourceError('no', { code, class: 'persistent', actor: 'customer', subject: 'iam:ListAccessKeys' });
};

describe('RUN-10: calls that are made once per item', () => {
  it('an item that was deleted since it was listed is no gap, and every other failure is one', async () => {
    const gaps: string[] = [];
    const each = perItem({ incomplete: ({ code }) => gaps.push(code) });
    expect(await each('iam:ListAccessKeys', failing('AWS_NOT_FOUND'))).toBeUndefined();
    expect(gaps).toEqual([]);
    expect(await each('iam:ListAccessKeys', failing('AWS_UNEXPECTED'))).toBeUndefined();
    expect(await each('iam:ListAccessKeys', async () => 'keys')).toBe('keys');
    expect(gaps).toEqual(['AWS_UNEXPECTED']);
  });
});
