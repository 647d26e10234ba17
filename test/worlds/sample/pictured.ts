import type { PageAddress } from './addresses.ts'
import type { sampleInstallation } from './sample.ts'

type Api = Pick<Awaited<ReturnType<typeof sampleInstallation>>, 'get' | 'post'>

const ORDER = '/orders/outdoor/100004217'
const PRODUCT = '/products/outdoor-nordwand/NW-JACKET-ALPINE-M?stock=7d&feed=inventory'

/** What pictures are drawn of besides the pages: parts further down, questions, and a link that needs no account. */
export async function picturedAddresses(api: Api): Promise<readonly PageAddress[]> {
  const [replay, rebuild] = await Promise.all(['replays', 'rebuilds'].map((jobs) => latestOf(api, jobs)))
  const { json } = await api.post(`/v1${ORDER}/share`, { connection: 'outdoor-nordwand', days: 14 })
  const overview = { path: '/?of=outdoor-nordwand', title: 'Overview', last: '.chart canvas' }
  const order = { path: `${ORDER}#timeline`, title: 'Order 100004217' }
  const delivery = 'li:has-text("deliver-nordwand"):has-text("48213") summary'
  const call = { seen: '.calls', unfolds: [delivery, '.call:has-text("salesOrder") summary:has-text("Sent")'] }
  const history = { path: `${PRODUCT}#history`, title: 'NW-JACKET-ALPINE-M', last: '.change' }
  const resync = { path: '/resync', title: 'Resync' }
  return [
    { ...overview, name: 'overview-day', seen: '[aria-labelledby="day"]' },
    { ...order, name: 'order-timeline', seen: '[aria-labelledby="timeline"]' },
    { ...order, ...call, name: 'order-call' },
    { ...history, name: 'product-history', seen: '#history' },
    { ...resync, name: 'replay-preview', opens: 'Replay events' },
    { ...resync, name: 'rebuild-preview', opens: 'Rebuild a feed' },
    { name: 'replay', path: `/resync/replays/${replay}`, title: 'products → map-products' },
    { name: 'rebuild', path: `/resync/rebuilds/${rebuild}`, title: 'products' },
    { name: 'share-link', path: json.path, title: 'Order 100004217' },
  ]
}

/** What people see who sign in with a key of their own, and those who have none. */
export const guardedAddresses: Readonly<Record<'administrator' | 'vendor' | 'nobody', readonly PageAddress[]>> = {
  administrator: [{ name: 'keys', path: '/keys', title: 'Keys' }],
  vendor: [
    { name: 'vendor-overview', path: '/', title: 'Overview' },
    { name: 'vendor-order', path: ORDER, title: 'Order 100004217' },
  ],
  nobody: [{ name: 'sign-in', path: '/', title: 'Sign in' }],
}

/** The id of the latest replay or rebuild. */
async function latestOf(api: Api, jobs: string): Promise<string> {
  const { items } = (await api.get(`/v1/${jobs}`)).json
  return items[0].id
}
