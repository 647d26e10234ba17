import { pino } from 'pino'
import { SAP_B1_CREDENTIALS } from '../../simulators/sap-b1/credentials.ts'
import { type SapB1SimulatorOptions, startSapB1Simulator } from '../../simulators/sap-b1/start.ts'
import type { System } from '../../src/configuration/model.ts'
import type { Clock } from '../../src/platform/clock.ts'
import { createReader } from '../../src/producers/create-reader.ts'
import { createClients } from '../../src/systems/clients.ts'
import type { Before, Sink } from '../../src/systems/kit/sink.ts'
import type { SourceReader } from '../../src/systems/kit/source.ts'
import { type Wire, wiresOf } from '../../src/systems/kit/wire.ts'
import { createSapB1Client } from '../../src/systems/sap-b1/client.ts'
import { clientSettings, settings as declared } from '../../src/systems/sap-b1/settings.ts'
import { localNetwork } from '../data/loopback.ts'
import { connectable } from './settings.ts'
import { catalogFile, checkedRead, governors, systemOf, uncheckedSystem, wallClock } from './sources.ts'

type SapEntity = 'products' | 'inventory' | 'prices' | 'fulfilments'
type LoggedRequest = { readonly method: string; readonly path: string; readonly at: string; readonly status: number }

export const CALM: Before = { targetId: null, unclear: false }
export const UNCLEAR: Before = { targetId: null, unclear: true }

const usual = { currencies: 'USD=$', freightExpenseCode: '1', cardCode: 'C20000' }

const withoutEmpty = (settings: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ''))

/** A company, and our clients, readers and sinks of it, over real HTTP. */
export async function startCompany(options: Partial<SapB1SimulatorOptions> = {}) {
  const zone = options.zone ?? 'Asia/Kathmandu'
  const company = await startSapB1Simulator({
    dataFile: ':memory:',
    catalogFile,
    vendorPattern: /^WLD-/,
    seed: 3,
    zone,
    ...options,
  })
  const { companyDb, ...values } = SAP_B1_CREDENTIALS
  const secrets: Readonly<Record<string, string>> = values
  const storedSystem = (settings: Readonly<Record<string, unknown>> = {}, more: Partial<System> = {}) =>
    uncheckedSystem({
      id: 'sap',
      type: 'sap-b1',
      address: company.url,
      zone,
      settings: withoutEmpty({ companyDb, ...usual, ...settings }),
      secrets: { username: 'env:username', password: 'env:password' },
      ...more,
    })
  const system = (settings: Readonly<Record<string, unknown>> = {}, more: Partial<System> = {}) =>
    systemOf(storedSystem(settings, more))
  const newClients = (clock: Clock = wallClock) =>
    createClients({
      clock,
      governors,
      network: localNetwork,
      logger: pino({ level: 'silent' }),
      resolveSecret: (_system, name) => secrets[name.slice(4)] ?? '',
    })
  const clients = newClients()
  const send = async (method: string, path: string, body?: unknown): Promise<Wire> => {
    const answer = await fetch(`${company.url}/_sim${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const json = (await answer.json()) as Wire
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${JSON.stringify(json)}`)
    return json
  }
  return {
    url: company.url,
    zone,
    clients,
    newClients,
    system,
    /** As an installation may have it since before its settings were checked. */
    storedSystem,
    send,
    close: () => company.close(),
    state: async (collection: string): Promise<readonly Wire[]> => wiresOf((await send('GET', '/state'))[collection]),
    requests: async () => (await send('GET', '/requests')) as unknown as readonly LoggedRequest[],
    faults: (...rules: readonly object[]) => send('POST', '/faults', rules),
    reader: <E extends SapEntity>(entity: E, pageSize = 9, of = system(), filter = {}, clock: Clock = wallClock) =>
      createReader(checkedRead(of, entity, pageSize, filter), of, { clock, clients }) as SourceReader<E>,
    sink: async (settings: Readonly<Record<string, unknown>> = {}, own = clients) =>
      (await own.of(system(settings))).sink('vendor-orders') as Sink<'vendor-orders'>,
    client: (settings: Readonly<Record<string, string>> = {}) =>
      createSapB1Client(clientSettings(connectable(declared, { ...system(settings), secrets })), {
        clock: wallClock,
        governors,
        network: localNetwork,
        logger: pino({ level: 'silent' }),
      }),
  }
}

export type TestCompany = Awaited<ReturnType<typeof startCompany>>
