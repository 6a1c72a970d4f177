import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { rotateKeys } from '../../../broker/store/rotate.ts';
import { createRecovery } from '../../../broker/store/recovery.ts';
import { instanceId, tenantId } from '../../../domain/ids.ts';
import { withDatabase } from '../../support/mongo.ts';
import { awsManifest } from '../fixtures.ts';
import { chainOf, FIELDS, keysOf, openStore } from './fixtures.ts';

const database = withDatabase();
const NAMES = ['c0', 'c1', 'c2', 'c3', 'c4'];

/** Five connections under `old`, and the same keys with `new` current. */
async function filled() {
  await database.clear();
  const keys = new Map([
    ['old', randomBytes(32)],
    ['new', randomBytes(32)],
  ]);
  const opened = openStore(database.collections, keysOf(keys, 'old'));
  await opened.seed('acme', ...NAMES);
  for (const name of NAMES) await opened.store.put(tenantId('acme'), instanceId(name), { kind: 'aws_access_key', fields: FIELDS }, 'test');
  return { ...opened, keys, next: keysOf(keys, 'new') };
}

describe('rotation of the key-encryption key', () => {
  it('CRED-02: wraps every data key anew and leaves the data as it is; the old key is not needed then', async () => {
    const { credentials, keys, next } = await filled();
    const before = await database.collections.storedCredentials.find().sort({ _id: 1 }).toArray();
    expect(await rotateKeys(credentials, next)).toEqual({ rewrapped: 5, passed_over: 0, failed: [] });
    const after = await database.collections.storedCredentials.find().sort({ _id: 1 }).toArray();
    expect(after.map(({ ciphertext, nonce, tag }) => [ciphertext, nonce, tag])).toEqual(
      before.map(({ ciphertext, nonce, tag }) => [ciphertext, nonce, tag]),
    );
    expect(after.every(({ data_key }) => data_key?.kek_id === 'new')).toBe(true);
    const onlyNew = keysOf(new Map([...keys].filter(([id]) => id === 'new')), 'new');
    const recovery = createRecovery({ credentials, keys: onlyNew });
    for (const name of NAMES) expect((await recovery.recover(chainOf('acme', name), awsManifest))?.version).toBe('v1');
  });

  it('CRED-02: goes on after a crash in the middle, and does nothing when all is done', async () => {
    const { credentials, next, recovery } = await filled();
    let wraps = 0;
    const dying = {
      ...next,
      wrap: async (key: Uint8Array, bound: Uint8Array) => {
        wraps += 1;
        if (wraps === 3) throw new Error('killed');
        return await next.wrap(key, bound);
      },
    };
    await expect(rotateKeys(credentials, dying)).rejects.toThrow('killed');
    // Between the two, every credential is there, half of them under each key.
    for (const name of NAMES) expect(await recovery.recover(chainOf('acme', name), awsManifest)).not.toBeNull();
    expect(await rotateKeys(credentials, next)).toEqual({ rewrapped: 3, passed_over: 0, failed: [] });
    expect(await rotateKeys(credentials, next)).toEqual({ rewrapped: 0, passed_over: 0, failed: [] });
  });

  it('CRED-02: names what it cannot open, and does the rest', async () => {
    const { credentials, next } = await filled();
    await database.collections.storedCredentials.updateOne({ instance_id: instanceId('c2') }, { $set: { kind: 'other' } });
    expect(await rotateKeys(credentials, next)).toEqual({ rewrapped: 4, passed_over: 0, failed: ['acme/c2'] });
  });

  it('CRED-02: two at once do no harm', async () => {
    const { credentials, next, recovery } = await filled();
    const [one, two] = await Promise.all([rotateKeys(credentials, next), rotateKeys(credentials, next)]);
    expect(one.rewrapped + two.rewrapped).toBe(5);
    for (const name of NAMES) expect(await recovery.recover(chainOf('acme', name), awsManifest)).not.toBeNull();
  });
});
