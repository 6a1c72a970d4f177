/** X.509 certificates for tests (RFC 5280, DER by hand): no host has to have openssl, and no key lies in the repository. */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

export interface Identity {
  readonly name: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8. */
  readonly key: string;
  readonly privateKey: KeyObject;
}

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  // As short as it can be: strict readers refuse any other form.
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const OID = {
  ecdsaWithSha256: hex('06082a8648ce3d040302'),
  commonName: hex('0603550403'),
  basicConstraints: hex('0603551d13'),
  subjectAltName: hex('0603551d11'),
} as const;
const nameOf = (name: string): Buffer => sequence(der(0x31, sequence(OID.commonName, der(0x0c, Buffer.from(name)))));
const bits = (body: Buffer): Buffer => der(0x03, Buffer.from([0]), body);

/** For `localhost` and 127.0.0.1; signed by `issuer`, or by itself and then allowed to sign others. */
export function certify(name: string, issuer?: Identity): Identity {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const extensions = [
    sequence(OID.basicConstraints, der(0x01, hex('ff')), der(0x04, sequence(...(issuer === undefined ? [der(0x01, hex('ff'))] : [])))),
    sequence(OID.subjectAltName, der(0x04, sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1]))))),
  ];
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    sequence(OID.ecdsaWithSha256),
    nameOf(issuer?.name ?? name),
    sequence(der(0x17, Buffer.from('200101000000Z')), der(0x17, Buffer.from('491231235959Z'))),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const whole = sequence(body, sequence(OID.ecdsaWithSha256), bits(sign('sha256', body, issuer?.privateKey ?? privateKey)));
  return {
    name,
    certificate: `-----BEGIN CERTIFICATE-----\n${whole.toString('base64').replaceAll(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`,
    key: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    privateKey,
  };
}
