import type { OAuthCredentials } from '../harness/oauth1.ts'

/** The account and token a simulator accepts; nothing real, so they may be printed and put into examples. */
export const NETSUITE_CREDENTIALS: OAuthCredentials & { account: string } = {
  account: 'TSTDRV1234567',
  consumerKey: 'netsuite-simulator-consumer-key',
  consumerSecret: 'netsuite-simulator-consumer-secret',
  token: 'netsuite-simulator-token',
  tokenSecret: 'netsuite-simulator-token-secret',
}
