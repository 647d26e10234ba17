import { createSecretKey, randomBytes } from 'node:crypto'
import type { OrderChanged } from '../src/events/generated/events.ts'
import { type TopicKind, topics } from '../src/events/topics.ts'
import type { EventCodec } from '../src/platform/codec.ts'
import type { PersonKey, PersonKeys } from '../src/platform/persons/person-keys.ts'
import { sealingCodec } from '../src/platform/persons/sealing-codec.ts'
import { codecOf, kindSchema } from '../src/platform/registry/codec.ts'
import { readSchema } from '../src/platform/registry/schema-files.ts'
import { routeOrders } from '../src/processors/route-orders.ts'
import { configuration } from './data/configuration.ts'
import { orders } from './data/orders.ts'
import { median } from './median.ts'

/** As many as a batch of a processor has. */
const AT_ONCE = 1_000

/** What it costs to keep persons under keys of theirs: an order is read, routed and written, in this process alone. */
export async function measurePersons(count: number, rounds: number): Promise<string> {
  const events = [...orders({ seed: 42, count })]
  const avro = avroCodec()
  const sealing = sealingCodec(avro, { keys: keysAtHand(), randomBytes, seals: true })
  const lines = ['topics      CPU µs/order  bytes/order']
  for (const [name, codec] of [['plain', avro] as const, ['encrypted', sealing] as const]) {
    const written = await write(codec, events)
    const costs: number[] = []
    for (let round = 0; round <= rounds; round += 1) costs.push(await cost(codec, written))
    const bytes = written.reduce((sum, { length }) => sum + length, 0) / count
    // The first round warms up.
    lines.push(`${name.padEnd(12)}${median(costs.slice(1)).toFixed(1).padStart(12)}${bytes.toFixed(0).padStart(13)}`)
  }
  return lines.join('\n')
}

async function write(codec: EventCodec, events: readonly OrderChanged[]): Promise<readonly Buffer[]> {
  await codec.persons?.admit('orders', events)
  return events.map((event) => codec.encode('orders', event))
}

async function cost(codec: EventCodec, written: readonly Buffer[]): Promise<number> {
  const started = process.cpuUsage()
  const context = { connections: configuration.connections, metadataOf: () => undefined }
  for (let from = 0; from < written.length; from += AT_ONCE) {
    const part = written.slice(from, from + AT_ONCE)
    const read = await Promise.all(part.map((bytes) => codec.decode('orders', bytes)))
    const admitted = (await codec.persons?.admit('orders', read)) ?? read
    for (const event of admitted) {
      const { outputs } = await routeOrders.process(event, context, undefined)
      for (const output of outputs) codec.encode(output.kind, output.event)
    }
  }
  const { user, system } = process.cpuUsage(started)
  return (user + system) / written.length
}

function avroCodec(): EventCodec {
  const kinds = topics.map(({ kind }, id): [TopicKind, ReturnType<typeof kindSchema>] => [
    kind,
    kindSchema(id + 1, readSchema(kind)),
  ])
  return codecOf(new Map(kinds), { byId: async () => undefined })
}

/** Keys of persons without a table behind them: one call for the keys of a batch is not among what is measured. */
function keysAtHand(): PersonKeys {
  const secret = createSecretKey(randomBytes(32))
  const keys = new Map<string, PersonKey>()
  const keyOf = ({ person, month }: { readonly person: string; readonly month: string }): PersonKey => {
    const name = `${person} ${month}`
    const known = keys.get(name)
    if (known !== undefined) return known
    const kept = { forgottenAt: null, expires: null, keepers: null, revision: 1 }
    const made = { id: randomBytes(8).toString('hex'), key: createSecretKey(randomBytes(32)), ...kept }
    keys.set(name, made)
    return made
  }
  return {
    secret: async () => secret,
    find: async (by) => keyOf(by),
    keptUntil: async () => null,
    isTooOld: async () => false,
    isForgotten: async () => false,
    prepare: async () => undefined,
    atHand: keyOf,
    destroyOld: async () => 0,
    forget: async () => 0,
  }
}
