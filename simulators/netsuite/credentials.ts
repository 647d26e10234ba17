import type { OAuthCredentials } from '../harness/oauth1.ts'

/**
 * The account, token and client that a simulator accepts. They are not real, so they may be printed and used in
 * examples. The certificates of OAuth 2.0 are added by `POST /_sim/certificates`.
 */
export const NETSUITE_CREDENTIALS: OAuthCredentials & { account: string; clientId: string } = {
  account: 'TSTDRV1234567',
  consumerKey: 'netsuite-simulator-consumer-key',
  consumerSecret: 'netsuite-simulator-consumer-secret',
  token: 'netsuite-simulator-token',
  tokenSecret: 'netsuite-simulator-token-secret',
  clientId: 'netsuite-simulator-client',
}
