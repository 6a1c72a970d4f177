/** Signs as a GitHub App of the emulator's worlds. */
import { createPrivateKey } from 'node:crypto';
import { SignJWT } from 'jose';
import type { RunningGithubEmulator } from '../../../emulators/github/server.ts';

export async function appJwt(
  emulator: RunningGithubEmulator,
  appId: number,
  { iat = 0, exp = 540, algorithm = 'RS256', signedBy = appId } = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const key = createPrivateKey(emulator.appPrivateKey(signedBy));
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm })
    .setIssuer(String(appId))
    .setIssuedAt(now + iat)
    .setExpirationTime(now + exp)
    .sign(key);
}
