import { setTimeout as delay } from 'node:timers/promises'
import type { Role } from '../../src/cli/roles.ts'
import { membersOf } from '../worlds/processes-groups.ts'
import { RUNNING } from '../worlds/processes-roles.ts'
import { areDelivered } from './ledger.ts'
import type { Amount } from './load.ts'
import { control, look, untilAppended, untilInFlow, untilOrderWritten, watermarks } from './moments.ts'
import type { World } from './world.ts'

/** What a scenario did. */
export interface Struck {
  readonly kills: number
  /** How many of the kills are known to have hit the moment they were meant for. */
  readonly inside: number
}

export interface Scenario {
  readonly name: string
  /** Makes a load and kills while it is worked on; what was killed is started again, and not waited for. */
  strike(world: World, amount: Amount): Promise<Struck>
}

/** After the moment was seen: long enough to move within it, not to leave it. */
const WITHIN_MS = 15

const randomly = ({ random }: World, most = WITHIN_MS) => delay(random.int(0, most))

async function replace({ fleet }: World, role: Role): Promise<void> {
  await fleet.start(role)
}

const producer: Scenario = {
  name: 'producer: published, cut date not moved',
  async strike(world, amount) {
    const read = world.random.pick(['magento.orders.all', 'netsuite.inventory.all'])
    const published = untilAppended(world, read === 'magento.orders.all' ? 'orders' : 'inventory')
    await world.load.make(producer.name, amount)
    await published
    await randomly(world)
    await world.fleet.kill('producer')
    const { current } = await control(world, read)
    await replace(world, 'producer')
    return { kills: 1, inside: current === null ? 0 : 1 }
  },
}

const processor: Scenario = {
  name: 'processor: produced, not committed',
  async strike(world, amount) {
    const [from, to, stage] = world.random.pick([
      ['orders', 'vendor-orders.netsuite', 'route-orders'],
      ['inventory', 'universal-inventory', 'map-inventory'],
    ] as const)
    const produced = untilAppended(world, to)
    await world.load.make(processor.name, amount)
    await produced
    await randomly(world)
    await world.fleet.kill('processor')
    const { end, committed } = await look(world, from, stage)
    await replace(world, 'processor')
    return { kills: 1, inside: committed < end ? 1 : 0 }
  },
}

const sink: Scenario = {
  name: "sink: the ERP's commit, not ours",
  async strike(world, amount) {
    // Every other time the ERP's answer is lost as well.
    const answered = world.random.chance(0.5)
    const fault = { method: 'PUT', path: '/salesOrder/', kind: 'commit-then-close', times: 2 } as const
    await world.simulators.erpFaults(answered ? [] : [fault])
    const since = new Date()
    await world.load.make(sink.name, amount)
    await untilOrderWritten(world, since, answered)
    await randomly(world)
    await world.fleet.kill('processor')
    const { end, committed } = await look(world, 'vendor-orders.netsuite', 'deliver-netsuite')
    await world.simulators.erpFaults([])
    await replace(world, 'processor')
    return { kills: 1, inside: committed < end ? 1 : 0 }
  },
}

const projector: Scenario = {
  name: 'projector: written, not committed',
  async strike(world, amount) {
    const before = await watermarks(world)
    await world.load.make(projector.name, amount)
    await untilInFlow(world, 'rows are written', async () => (await watermarks(world)) !== before)
    await randomly(world, 3)
    await world.fleet.kill('projector')
    const { end, committed } = await look(world, 'universal-inventory', 'project-inventory')
    await replace(world, 'projector')
    return { kills: 1, inside: committed < end ? 1 : 0 }
  },
}

/** How a role's frozen process is known to be out, and its work done by another. */
interface Zombie {
  readonly role: 'producer' | 'processor' | 'projector'
  readonly name: string
  /** Resolves when the process is in the middle of something. */
  readonly busy: (world: World, make: () => Promise<void>) => Promise<void>
  /** Topic and stage whose group tells that the frozen one is out; a producer is in none, its lease runs out. */
  readonly group: readonly [topic: string, stage: string] | null
}

const zombies: readonly Zombie[] = [
  {
    role: 'processor',
    name: 'zombie processor',
    group: ['vendor-orders.netsuite', 'deliver-netsuite'],
    async busy(world, make) {
      // It is frozen between its look at the order and its write.
      const since = new Date()
      await world.simulators.erpFaults([{ method: 'PUT', path: '/customer/', kind: 'slow', delayMs: 400, times: 40 }])
      await make()
      await untilInFlow(world, 'a customer is written', async () =>
        (await world.simulators.erpRequests(since)).some(
          ({ path, status }) => path.includes('/customer/') && status === 0,
        ),
      )
      await randomly(world, 300)
    },
  },
  {
    role: 'producer',
    name: 'zombie producer',
    group: null,
    async busy(world, make) {
      const published = untilAppended(world, 'orders')
      await make()
      await published
      await randomly(world)
    },
  },
  {
    role: 'projector',
    name: 'zombie projector',
    group: ['universal-inventory', 'project-inventory'],
    async busy(world, make) {
      const before = await watermarks(world)
      const projected = untilAppended(world, 'universal-inventory')
      await make()
      await projected
      await untilInFlow(world, 'rows are written', async () => (await watermarks(world)) !== before)
      await randomly(world)
    },
  },
]

/** Two workers, one frozen past its time-out while the other goes on with newer versions, then continued, then killed. */
function zombie({ role, name, busy, group }: Zombie): Scenario {
  return {
    name,
    async strike(world, amount) {
      const { fleet, load, simulators } = world
      const frozen = fleet.member(role)
      await busy(world, () => load.make(name, amount))
      frozen.signal('SIGSTOP')
      const older = load.recent
      const other = await fleet.start(role)
      await other.line(RUNNING)
      await simulators.erpFaults([])
      if (group !== null)
        await untilInFlow(world, `the frozen ${role} is out`, async () => (await members(world, group)) === 1)
      await load.changeOrders(name, older)
      await load.changeStocks(name, Math.ceil(amount.stocks / 4))
      await untilInFlow(world, 'the newer versions are delivered', () => areDelivered(simulators, older), 180_000)
      frozen.signal('SIGCONT')
      // A member that has joined again has ended what it was at; a producer gets a random while for it.
      if (group === null) await randomly(world, 3000)
      else await untilInFlow(world, `the continued ${role} is back`, async () => (await members(world, group)) === 2)
      frozen.signal('SIGKILL')
      await frozen.exited
      return { kills: 1, inside: 1 }
    },
  }
}

async function members({ installation }: World, [topic, stage]: readonly [string, string]): Promise<number> {
  const { env } = installation
  const prefix = env['TOPIC_PREFIX'] ?? ''
  return (await membersOf(env['KAFKA_BROKERS'] ?? '', `${prefix}${stage}`, `${prefix}${topic}`)).size
}

/** In the order of a short run: all of the pipeline, and one zombie. */
export const shortScenarios: readonly Scenario[] = [
  producer,
  processor,
  sink,
  projector,
  ...zombies.slice(0, 1).map(zombie),
]
export const allScenarios: readonly Scenario[] = [producer, processor, sink, projector, ...zombies.map(zombie)]
