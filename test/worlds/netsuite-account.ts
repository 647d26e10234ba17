import { pino } from 'pino'
import type { Simulator } from '../../simulators/harness/simulator.ts'
import { NETSUITE_CREDENTIALS } from '../../simulators/netsuite/credentials.ts'
import { type NetSuiteSimulatorOptions, startNetSuiteSimulator } from '../../simulators/netsuite/start.ts'
import type { System } from '../../src/configuration/model.ts'
import type { Entity } from '../../src/events/topics.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createGovernors } from '../../src/platform/governor/governors.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { type Clients, createClients } from '../../src/systems/clients.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wireOf, wiresOf } from '../../src/systems/kit/wire.ts'
import type { NetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { createNetSuiteClient } from '../../src/systems/netsuite/client.ts'
import { clientSettings, settings } from '../../src/systems/netsuite/settings.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectable } from './settings.ts'
import { catalogFile, checkedRead, systemOf, wallClock } from './sources.ts'

const { consumerKey, consumerSecret, token, tokenSecret, account } = NETSUITE_CREDENTIALS
const tokenSecrets: Readonly<Record<string, string>> = { consumerKey, consumerSecret, tokenId: token, tokenSecret }

/** A simulated account, and our clients and readers of it. */
export interface NetSuiteAccount extends Simulator {
  /** A route below `/_sim`; the answer's body. */
  control(method: string, path: string, body?: unknown): Promise<Wire>
  state(): Promise<Wire>
  orders(): Promise<readonly Wire[]>
  items(): Promise<readonly Wire[]>
  /** What was asked so far, beside the control routes. */
  requests(path?: string): Promise<readonly { readonly path: string; readonly status: number }[]>
  client(more?: Partial<System>): Promise<NetSuiteClient>
  system(more?: Partial<System>): System
  reader<E extends Entity>(
    entity: E,
    pageSize?: number,
    more?: Partial<System>,
    filter?: Record<string, string>,
  ): SourceReader<E>
  readonly clients: Clients
  /** Secrets by name, as `env:NAME` refers to them. */
  readonly secrets: Record<string, string>
}

export async function startNetSuiteAccount(
  options: Partial<NetSuiteSimulatorOptions> = {},
  clock: Clock = wallClock,
): Promise<NetSuiteAccount> {
  const zone = options.zone ?? 'America/Los_Angeles'
  const made = { dataFile: ':memory:', catalogFile, vendorPattern: /^WLD-/, seed: 3, ...options, zone }
  const simulator = await startNetSuiteSimulator(made)
  const secrets = { ...tokenSecrets }
  const logger = pino({ level: 'silent' })
  const governors = createGovernors(clock)
  const clients = createClients({
    clock,
    governors,
    network: localNetwork,
    logger,
    resolveSecret: (_system, name) => secrets[name.slice(4)] ?? '',
  })
  const control: NetSuiteAccount['control'] = async (method, path, body) => {
    const answer = await fetch(`${simulator.url}/_sim/${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
    })
    const json: unknown = await answer.json()
    if (!answer.ok) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`)
    return wireOf(json)
  }
  const state = () => control('GET', 'state')
  const system: NetSuiteAccount['system'] = (more = {}) =>
    systemOf({
      id: 'netsuite',
      type: 'netsuite',
      address: simulator.url,
      zone,
      settings: { account, currency: 'USD' },
      secrets: Object.fromEntries(Object.keys(tokenSecrets).map((name) => [name, `env:${name}`])),
      ...more,
    })
  return {
    ...simulator,
    control,
    state,
    system,
    secrets,
    clients,
    orders: async () => wiresOf((await state())['salesOrders']),
    items: async () => wiresOf((await state())['items']),
    async requests(path = '') {
      const all = (await (await fetch(`${simulator.url}/_sim/requests`)).json()) as { path: string; status: number }[]
      return all.filter((request) => request.path.includes(path))
    },
    client: async (more) =>
      createNetSuiteClient(clientSettings(connectable(settings, { ...system(more), secrets })), {
        clock,
        governors,
        network: localNetwork,
        logger,
      }),
    reader: <E extends Entity>(entity: E, pageSize = 9, more = {}, filter = {}) => {
      const of = system(more)
      return createReader(checkedRead(of, entity, pageSize, filter), of, { clock, clients }) as SourceReader<E>
    },
  }
}
