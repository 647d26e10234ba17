import { magentoCredentials } from '../../simulators/magento2/authorization.ts'
import { startMagentoSimulator } from '../../simulators/magento2/start-magento-simulator.ts'
import { smallCatalogFile } from './sources.ts'

/** The shop of a vendor whose SKUs begin with `WLD-`; all of its orders are paid. */
export function startShop({ seed, orders }: { readonly seed: number; readonly orders: number }) {
  const catalog = { dataFile: ':memory:', catalogFile: smallCatalogFile, vendorPattern: /^WLD-/ }
  return startMagentoSimulator({ ...catalog, seed, orders, mixedStates: false })
}

const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials

/** Variables that its document names. */
export const shopSecrets = {
  SHOP_KEY: consumerKey,
  SHOP_SECRET: consumerSecret,
  SHOP_TOKEN: token,
  SHOP_TOKEN_SECRET: tokenSecret,
}

/** The system `shop`, whose orders are read every two seconds. */
export const shopDocument = (address: string) => `kind: system
id: shop
type: magento2
address: ${address}
secrets: { consumerKey: env:SHOP_KEY, consumerSecret: env:SHOP_SECRET, accessToken: env:SHOP_TOKEN, accessTokenSecret: env:SHOP_TOKEN_SECRET }
reads: [{ entity: orders, schedule: "*/2 * * * * *", startFrom: 2026-01-01T00:00:00Z, settleSeconds: 1 }]
`
