/** What the Entra connector says of the certificate of a SAML application: a private key, its public key and its password, three records of one thing. */
import type { Entity } from '../../graph/types.ts';
import { text } from './state.ts';

export const signsTokens = (credential: Entity): boolean => credential.props['purpose'] === 'token_signing';

/** Its public key or its password: what is said of the certificate is said of the private key. */
export const isPartOfSigning = (credential: Entity): boolean => signsTokens(credential) && text(credential, 'usage') !== 'sign';
