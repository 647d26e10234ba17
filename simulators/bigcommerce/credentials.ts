/** Credentials that the simulated store accepts, and the key that it signs its webhooks with. */
export const BIGCOMMERCE_CREDENTIALS = {
  storeHash: 'wldstore1',
  accessToken: 'bc-access-token-of-the-simulator',
  clientSecret: 'bc-client-secret-of-the-simulator',
} as const
