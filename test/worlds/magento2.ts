import { pino } from 'pino'
import { magentoAdmin, magentoCredentials } from '../../simulators/magento2/authorization.ts'
import { imsCredentials } from '../../simulators/magento2/ims.ts'
import { type MagentoOptions, startMagentoSimulator } from '../../simulators/magento2/start-magento-simulator.ts'
import type { Switches } from '../../simulators/magento2/switches.ts'
import type { System } from '../../src/configuration/model.ts'
import type { Entity, PerSystemKind } from '../../src/events/topics.ts'
import type { NetworkRules } from '../../src/platform/network-rules.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { Sink } from '../../src/systems/kit/sink.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import { createMagento2Client, type Magento2Client, type Magento2Settings } from '../../src/systems/magento2/client.ts'
import type { Magento2Credentials } from '../../src/systems/magento2/credentials.ts'
import { settings as declared } from '../../src/systems/magento2/settings.ts'
import { writeMagento2Fulfilments } from '../../src/systems/magento2/write-fulfilments.ts'
import { writeMagento2Images } from '../../src/systems/magento2/write-images.ts'
import { writeMagento2Inventory } from '../../src/systems/magento2/write-inventory.ts'
import { writeMagento2Products } from '../../src/systems/magento2/write-products.ts'
import { localNetwork } from '../data/loopback.ts'
import { valuesOf } from './settings.ts'
import { catalogFile, checkedRead, governors, systemOf, wallClock } from './sources.ts'

const { consumerKey, consumerSecret, token, tokenSecret } = magentoCredentials
const values: Readonly<Record<string, string>> = {
  consumerKey,
  consumerSecret,
  accessToken: token,
  accessTokenSecret: tokenSecret,
  ...magentoAdmin,
  ...imsCredentials,
}

export const integration = { consumerKey, consumerSecret, accessToken: token, accessTokenSecret: tokenSecret }
const SECRETS = Object.fromEntries(Object.keys(integration).map((name) => [name, `env:${name}`]))

const deps = {
  clock: wallClock,
  governors,
  network: localNetwork,
  logger: pino({ level: 'silent' }),
  resolveSecret: (_system: string, name: string) => values[name.slice(4)] ?? '',
}

/** A running shop, and what Waldstream has to do with it. */
export interface TestShop {
  readonly url: string
  /** References of an integration's secrets. */
  readonly secrets: Readonly<Record<string, string>>
  readonly client: Magento2Client
  clientWith(credentials: Magento2Credentials, more?: Partial<Magento2Settings>): Magento2Client
  system(more?: Partial<System>): System
  reader<E extends Entity>(
    entity: E,
    pageSize?: number,
    more?: Partial<System>,
    filter?: Record<string, string>,
  ): SourceReader<E>
  /** The sink of a kind; its client looks at bulk requests often. */
  sink<K extends PerSystemKind>(
    kind: K,
    settings?: Readonly<Record<string, string>>,
    network?: NetworkRules,
  ): Promise<Sink<K>>
  state(): Promise<Wire>
  control(path: string, body: unknown, method?: string): Promise<Response>
  switch(switches: Partial<Switches>): Promise<void>
  faults(...rules: readonly object[]): Promise<void>
  /** Requests that came, as `METHOD path` below `/rest/all`. */
  requests(): Promise<readonly string[]>
  /** Makes sources of multi-source inventory. */
  sources(...codes: readonly string[]): Promise<void>
  reset(): Promise<void>
  close(): Promise<void>
}

/** `through`: makes the address that our side is given (a recorder's) from the shop's own. */
export async function startTestShop(
  options: Partial<MagentoOptions> = {},
  through: (url: string) => Promise<string> = async (url) => url,
): Promise<TestShop> {
  const defaults = { dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 1, orders: 20 }
  const shop = await startMagentoSimulator({ ...defaults, ...options })
  const { url } = shop
  const address = await through(url)
  const clients = createClients(deps)
  const clientWith = (credentials: Magento2Credentials, more: Partial<Magento2Settings> = {}) => {
    const settings = { baseUrl: address, credentials, storeCode: 'all', limits: { concurrency: 8 } }
    return createMagento2Client({ ...settings, bulk: { pollMs: 5, followMs: 2_000 }, ...more }, deps)
  }
  const system = (more: Partial<System> = {}) =>
    systemOf({ id: 'magento', type: 'magento2', address, secrets: SECRETS, ...more })
  const control: TestShop['control'] = async (path, body, method = 'POST') => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}${path}`, { method, headers, body: JSON.stringify(body) })
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`)
    return answer
  }
  return {
    url,
    secrets: SECRETS,
    client: clientWith(integration),
    clientWith,
    system,
    reader: (entity, pageSize = 7, more = {}, filter = {}) => {
      const of = system(more)
      return createReader(checkedRead(of, entity, pageSize, filter), of, { clock: wallClock, clients }) as SourceReader<
        typeof entity
      >
    },
    async sink(kind, settings = {}, network = localNetwork) {
      const client = clientWith(integration)
      const values = valuesOf(declared, settings)
      const sinks = {
        'shop-fulfilments': () => writeMagento2Fulfilments(client.for('fulfilments')),
        'shop-products': () => writeMagento2Products(client.for('products'), values),
        'shop-inventory': () => writeMagento2Inventory(client.for('inventory')),
        'shop-images': () => writeMagento2Images(client.for('images'), values, network),
      }
      return (sinks as Record<string, () => unknown>)[kind]?.() as Sink<typeof kind>
    },
    state: async () => wireOf(await (await fetch(`${url}/_sim/state`)).json()),
    control,
    switch: async (switches) => void (await control('/_sim/switches', switches, 'PATCH')),
    faults: async (...rules) => void (await control('/_sim/faults', rules)),
    async requests() {
      const all = wiresOf(await (await fetch(`${url}/_sim/requests`)).json())
      return all.map(({ method, path }) => `${method} ${String(path).replace('/rest/all', '')}`)
    },
    async sources(...codes) {
      for (const source_code of codes) await control('/_sim/sources', { source_code })
    },
    reset: async () => void (await control('/_sim/reset', {})),
    close: () => shop.close(),
  }
}
