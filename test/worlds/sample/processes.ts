import { type CalledSystems, type RunningProcess, runningProcesses } from '../../../src/control/processes.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createCallSlots } from '../../../src/platform/governor/call-slots.ts'

const MINUTE = 60_000

const accountOf = (system: string, account: string, per_minute: number | null = null) => ({
  system,
  account,
  part: null,
  concurrency: 4,
  per_minute,
})
const accounts = [
  accountOf('outdoor', 'magento2 outdoor.example'),
  accountOf('bikes', 'bigcommerce x7bikes', 450),
  accountOf('nordwand', 'netsuite NW4711'),
  accountOf('trailworks', 'sap-b1 trailworks.example'),
]

/** A process of each role, of which one is not heard of any more; one of them finds a system down. */
export async function addProcesses(tables: Tables, now: number): Promise<void> {
  const none: CalledSystems = { circuits: [], accounts: [] }
  const processOf = (id: string, role: string, age: number, silent: number, called = none): RunningProcess => ({
    ...called,
    id,
    roles: [role],
    version: '1.0.0',
    node: 'v24.21.0',
    started_at: now - age * MINUTE,
    beat_at: now - silent,
  })
  const down = {
    stage: 'deliver-bikes:shop-fulfilments',
    system: 'bikes',
    since: now - 4 * MINUTE,
    code: 'target_unavailable',
    message: 'POST /v2/orders/4711/shipments answered 503',
    next_try: now + 48_000,
  }
  const all = [
    processOf('5b1c09e4a7d2', 'producer', 4_100, 22_000, { circuits: [], accounts }),
    processOf('0e6f31c8b94a', 'processor', 4_099, 41_000, { circuits: [down], accounts }),
    processOf('c27d90af1e35', 'processor', 1_310, 7 * MINUTE),
    processOf('91ab4e7702fc', 'projector', 4_098, 9_000),
    processOf('d3408c5be616', 'api', 4_097, 30_000),
  ]
  for (const one of all) await runningProcesses(tables).put(one)
  await addCalls(tables, now)
}

/** Calls under way at both vendors, and a vendor that has used its quota up. */
async function addCalls(tables: Tables, now: number): Promise<void> {
  const [nordwand, trailworks] = ['netsuite NW4711', 'sap-b1 trailworks.example'].map((account) =>
    createCallSlots(tables, account, 'sample'),
  )
  for (const slot of ['slot#001', 'slot#002', 'slot#003']) await nordwand?.take(slot, now + 10 * MINUTE, now)
  await trailworks?.wait({ rank: 1, calls: 2, since: now }, now + 10 * MINUTE)
  await trailworks?.pauseUntil(now + 9 * MINUTE)
}
