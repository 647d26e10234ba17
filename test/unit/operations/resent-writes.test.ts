/**
 * DynamoDB's client sends a request again when its answer was lost. A conditional write that was carried out then meets
 * its own row. Each operation here runs over tables that do so at every conditional write: it succeeds once, is noted
 * once, and a second caller is refused as always.
 */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { applyConfiguration, raiseRevision } from '../../../src/configuration/apply-configuration.ts'
import { listChanges } from '../../../src/configuration/changes.ts'
import { removeDocument } from '../../../src/configuration/document-rows.ts'
import type { Configuration } from '../../../src/configuration/model.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { createAuditTrail } from '../../../src/control/audit-trail.ts'
import { createConnectionGuard, usualGuardTiming } from '../../../src/control/connection-guard.ts'
import { setCutDate } from '../../../src/control/cut-dates.ts'
import { dispatch } from '../../../src/control/dispatch.ts'
import { takeRequest } from '../../../src/control/keyed-requests.ts'
import { createKeyStore } from '../../../src/control/keys/key-store.ts'
import { claimProbe, listPauses, pause } from '../../../src/control/pauses.ts'
import { moveCutDate, readControl, takeLease } from '../../../src/control/read-control.ts'
import { newReplay } from '../../../src/control/replays/create-replays.ts'
import { replayRows } from '../../../src/control/replays/replay.ts'
import { createShareStore } from '../../../src/control/shares/share-store.ts'
import { destroyOldKeys } from '../../../src/operations/forget/forget-by-age.ts'
import { createSubscriptionStore } from '../../../src/operations/outgoing/subscription-row.ts'
import { hold, resumeConnection } from '../../../src/operations/pauses.ts'
import { everything } from '../../../src/operations/principal.ts'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { createCallSlots } from '../../../src/platform/governor/call-slots.ts'
import { createJobs } from '../../../src/platform/jobs.ts'
import { createPersonKeys } from '../../../src/platform/persons/person-keys.ts'
import { retentionOfAll } from '../../../src/platform/persons/retention.ts'
import { createDeliveries } from '../../../src/processors/delivery/deliveries.ts'
import type { Delivery } from '../../../src/processors/delivery/delivery-row.ts'
import { readMeta } from '../../../src/projections/feed-table.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import {
  beginGeneration,
  giveUpGeneration,
  retireGeneration,
  switchGeneration,
  undoSwitch,
} from '../../../src/projections/rebuild/generations.ts'
import type { Rebuild } from '../../../src/projections/rebuild/rebuild.ts'
import { deadLettered, memoryDeadLetters } from '../../data/dead-letters.ts'
import { connectionOf, vendorOrder } from '../../data/processor-events.ts'
import { manualClock } from '../../memory/manual-clock.ts'
import { resentWrites } from '../../memory/resent-writes.ts'
import { memoryTables } from '../../memory/tables.ts'
import { silentLogger } from '../../worlds/stage-context.ts'

const START = Date.UTC(2026, 0, 31)
const READ = 'netsuite.inventory.all'

const resent = () => resentWrites(memoryTables(tableDefinitions), tableDefinitions)

/** How many of these calls succeeded: each got something else than `false`, `null` or `undefined`, and none threw. */
async function successes(calls: readonly Promise<unknown>[]): Promise<number> {
  const ended = await Promise.allSettled(calls)
  return ended.filter((one) => one.status === 'fulfilled' && (one.value ?? false) !== false).length
}

describe('a change of the configuration', () => {
  const configured = (orderStates: readonly string[]): Configuration => {
    const connection = { ...connectionOf('a', '^A', { revision: 0 }), orderStates }
    return { revision: 0, systems: [], connections: [connection], metadata: [] }
  }
  const by = (revision: number | null) => ({ by: 'ann', expect: { kind: 'connection', id: 'a', revision } as const })
  const filter = { kind: null, id: null, by: null, from: null, to: null }

  it('is written and loaded, and refuses whoever expects an earlier revision', async () => {
    const tables = resent()
    expect((await applyConfiguration(tables, configured(['new']), by(null))).changed).toEqual(['connection a'])
    expect((await applyConfiguration(tables, configured(['paid']), by(1))).changed).toEqual(['connection a'])
    const loaded = await readConfiguration(tables)
    expect([loaded.revision, loaded.connections[0]?.orderStates]).toEqual([2, ['paid']])
    const late = applyConfiguration(tables, configured(['closed']), by(1))
    await expect(late).rejects.toMatchObject({ code: 'revision_differs' })
    expect((await readConfiguration(tables)).revision).toBe(2)
    expect((await listChanges(tables, filter, 10, null)).changes).toHaveLength(2)
  })

  it('is removed once', async () => {
    const tables = resent()
    await applyConfiguration(tables, configured(['new']), by(null))
    const author = { ...by(1), at: '2026-01-31T00:00:00.000Z', reason: null }
    expect(await removeDocument(tables, { kind: 'connection', id: 'a' }, author)).toBe(true)
    expect((await readConfiguration(tables)).connections).toEqual([])
    expect((await listChanges(tables, filter, 10, null)).changes).toHaveLength(2)
  })

  it('is removed, also when another process completes the removal before the request is sent again', async () => {
    const tables = memoryTables(tableDefinitions)
    await applyConfiguration(tables, configured(['new']), by(null))
    const at = '2026-01-31T00:00:00.000Z'
    const row = { kind: 'connection', id: 'a' } as const
    const completed: Tables = {
      ...tables,
      async update(table, key, change, condition) {
        const done = await tables.update(table, key, change, condition)
        if (done !== null) await removeDocument(tables, row, { by: 'bob', at, reason: null })
        return done
      },
    }
    const lossy = resentWrites(completed, tableDefinitions)
    expect(await removeDocument(lossy, row, { ...by(1), at, reason: null })).toBe(true)
    expect((await readConfiguration(tables)).connections).toEqual([])
  })

  it('is loaded although another document of the same change is refused', async () => {
    const tables = memoryTables(tableDefinitions)
    await applyConfiguration(tables, configured(['new']))
    const [connection] = configured(['new']).connections
    if (connection === undefined) throw new Error('one connection')
    const both = {
      ...configured([]),
      connections: [
        { ...connection, orderStates: ['paid'] },
        { ...connection, id: 'b' },
      ],
    }
    const expected = { by: 'ann', expect: { kind: 'connection', id: 'b', revision: 7 } as const }
    await expect(applyConfiguration(tables, both, expected)).rejects.toMatchObject({ code: 'revision_differs' })
    const loaded = await readConfiguration(tables)
    expect([loaded.revision, loaded.connections[0]?.orderStates]).toEqual([2, ['paid']])
  })

  it('never puts the revision back, however late it is sent again', async () => {
    const tables = memoryTables(tableDefinitions)
    await raiseRevision(tables, 'same')
    const late: Tables = {
      ...tables,
      async put(table, item, condition) {
        const done = await tables.put(table, item, condition)
        await raiseRevision(tables, 'same', true)
        await tables.put(table, item, condition)
        return done
      },
    }
    await raiseRevision(late, 'same', true)
    expect((await readConfiguration(tables)).revision).toBe(3)
  })
})

describe('a delivery', () => {
  const intent: Delivery = {
    connection: 'a',
    key: 'vendor-orders|1',
    rank: '2',
    digest: 'v2',
    contentId: 'c1',
    origin: { topic: 't', partition: 0, offset: '7' },
    state: 'delivering',
    fence: 1,
    until: START,
    unsettledUntil: 0,
    unsettledDigest: '',
    targetId: null,
    parked: false,
    heldUntil: 0,
    cancellation: null,
    decisions: 0,
  }

  it('begins, and of two equal intents one', async () => {
    const tables = resent()
    expect(await createDeliveries(tables).begin(intent)).toBe(true)
    const next = { ...intent, fence: 2 }
    expect(await successes([createDeliveries(tables).begin(next), createDeliveries(tables).begin(next)])).toBe(1)
  })
})

describe('a dead letter', () => {
  const ask = { by: 'ann', force: false, reason: 'wrong item' }
  async function letters() {
    const tables = resent()
    const world = memoryDeadLetters(tables, { now: () => START })
    await world.project(deadLettered({ originalValue: world.codec.encode('vendor-orders', vendorOrder('c1', '100')) }))
    return world
  }

  it('is retried once', async () => {
    const { deadLetters, retried, reporter } = await letters()
    expect(await successes([deadLetters.retry('d-1', ask), deadLetters.retry('d-1', ask)])).toBe(1)
    expect(retried()).toHaveLength(1)
    expect(reporter.results).toMatchObject([{ result: { status: 'processing', code: 'retried' } }])
  })

  it('is discarded once', async () => {
    const { deadLetters, reporter } = await letters()
    const discard = async () => {
      await deadLetters.discard('d-1', ask)
      return true
    }
    expect(await successes([discard(), discard()])).toBe(1)
    expect(reporter.results).toMatchObject([{ result: { status: 'canceled', code: 'discarded' } }])
  })
})

describe('a pause', () => {
  const place = { stage: 'deliver-erp', connection: 'a' }
  const row = { ...place, code: 'x', message: 'it failed', since: 'then', probe_at: START }
  const by = everything({ kind: 'api', name: 'ann' })

  it('by hand begins and ends, each noted once, and is refused where there is one', async () => {
    const tables = resent()
    const clock = manualClock(START)
    const audit = createAuditTrail(tables, clock, 30)
    await applyConfiguration(tables, {
      revision: 0,
      systems: [],
      connections: [connectionOf('a', '^A', { revision: 0 })],
      metadata: [],
    })
    const deps = { tables, clock, audit, systemTypes: new Map(), parkingStages: async () => [place.stage] }
    await hold(deps, by, { ...place, reason: 'fraud?', until: null })
    const again = hold(deps, by, { ...place, reason: 'fraud?', until: null })
    await expect(again).rejects.toMatchObject({ code: 'state_conflict' })
    expect(await resumeConnection(deps, by, place)).toEqual(place)
    expect(await listPauses(tables)).toEqual([])
    const filter = { who: null, what: null, outcome: null, since: null, until: null }
    const { entries } = await audit.list(filter, 10, null)
    expect(entries.map(({ what }) => what).toSorted()).toEqual(['pause.hold', 'pause.resume'])
  })

  it('is resumed only where there is one', async () => {
    const tables = memoryTables(tableDefinitions)
    const deps = { tables, audit: createAuditTrail(tables, manualClock(START), 30) }
    await expect(resumeConnection(deps, by, place)).rejects.toMatchObject({ code: 'not_found' })
  })

  it('gives the attempt of a record to one worker', async () => {
    const tables = resent()
    expect(await pause(tables, row)).toBe(true)
    expect(await pause(tables, row)).toBe(false)
    const claims = [claimProbe(tables, row, START + 9), claimProbe(tables, row, START + 9)]
    expect(await successes(claims)).toBe(1)
    const configuration = () => ({ revision: 0, systems: [], connections: [], metadata: [] })
    const deps = { tables, configuration, clock: manualClock(START + 9), logger: silentLogger }
    const guard = createConnectionGuard(place.stage, deps, usualGuardTiming)
    expect(await guard.claim({ code: 'x', message: 'm', pause: { ...row, probe_at: START + 9 } })).toBe(true)
  })
})

describe('a rebuild', () => {
  const table = inventoryFeed.table
  const rebuild = (id: string, generation: number | null, live: number | null) =>
    ({ id, table, generation, live_generation: live }) as Rebuild
  const note = async () => undefined
  const undone = { shards: 1, meets: (is: () => Promise<boolean>) => is() }

  it('begins, is switched to, undone, switched to again, and its former rows are given up', async () => {
    const tables = resent()
    const live = (await readMeta(tables, inventoryFeed)).generation
    const generation = await beginGeneration(tables, inventoryFeed, { table, id: 'r1' }, note)
    await expect(beginGeneration(tables, inventoryFeed, { table, id: 'r2' }, note)).rejects.toMatchObject({
      code: 'state_conflict',
    })
    const job = rebuild('r1', generation, live)
    await switchGeneration(tables, inventoryFeed, job)
    expect((await readMeta(tables, inventoryFeed)).generation).toBe(generation)
    await undoSwitch(tables, inventoryFeed, job, undone)
    expect((await readMeta(tables, inventoryFeed)).generation).toBe(live)
    await switchGeneration(tables, inventoryFeed, job)
    expect(await retireGeneration(tables, inventoryFeed, job)).toBe(true)
    expect(await retireGeneration(tables, inventoryFeed, job)).toBe(false)
    await expect(undoSwitch(tables, inventoryFeed, job, undone)).rejects.toMatchObject({ code: 'state_conflict' })
  })

  it('is given up once', async () => {
    const tables = resent()
    const generation = await beginGeneration(tables, inventoryFeed, { table, id: 'r1' }, note)
    const job = rebuild('r1', generation, 1)
    expect(await giveUpGeneration(tables, inventoryFeed, job)).toBe(true)
    expect(await giveUpGeneration(tables, inventoryFeed, job)).toBe(false)
    await expect(switchGeneration(tables, inventoryFeed, job)).rejects.toMatchObject({ code: 'state_conflict' })
  })
})

describe('secrets', () => {
  const wanted = {
    name: 'shop',
    scopes: ['feeds:read'],
    connections: null,
    systems: null,
    expires_at: null,
    created_by: 'ann',
  }

  it('of a key are created, and rotated once: the one before stays valid until its end', async () => {
    const clock = manualClock(START)
    const store = createKeyStore(resent(), clock)
    const { key, text } = await store.create(wanted)
    const rotated = await store.rotate(key.id, START + 1000)
    for (const valid of [text, rotated?.text ?? ''])
      expect(await store.check(valid)).toMatchObject({ key: { id: key.id } })
    expect(rotated?.key.revision).toBe(2)
    expect(await store.revoke(key.id, 'bob')).toMatchObject({ revoked_by: 'bob', revision: 3 })
  })

  it('of a share link are created', async () => {
    const store = createShareStore(resent(), manualClock(START))
    const link = {
      source: 'shop',
      number: '1',
      connection: 'a',
      expires_at: START + 1000,
      created_by: 'ann',
      answers: false,
    }
    const { token } = await store.create(link)
    expect(await store.check(token)).toMatchObject({ link: { number: '1' } })
  })

  it('of a person who is forgotten at the same time are destroyed', async () => {
    const tables = resent()
    const clock = manualClock(START)
    const forgotten = { key_id: null, key: null, forgotten_at: START, expires: null, keepers: null, revision: 1 }
    const racing: Tables = {
      ...tables,
      async put(table, item, condition) {
        const done = await tables.put(table, item, condition)
        // Its search for keys was over before this one was written.
        await tables.put(table, { person: 'p', month: 'forgotten', ...forgotten })
        return done
      },
    }
    const keys = createPersonKeys({ tables: racing, clock, randomBytes, retention: retentionOfAll(null) })
    const place = { person: 'p', month: '2026-01', at: START - 1, keeper: { source: 's', entity: 'orders' } } as const
    await keys.prepare([place])
    expect(keys.atHand(place)).toBeNull()
    expect(await tables.get('person_keys', { person: 'p', month: '2026-01' })).toBeUndefined()
  })
})

describe('a lease', () => {
  async function due(): Promise<Tables> {
    const tables = resent()
    const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
    await dispatch(tables, { requestId: 'r', read: READ, trigger: 'api', requestedAt: 1, ...nothing })
    return tables
  }
  const worker = (id: string) => ({ id, now: START, leaseMs: 30_000 })

  it('of a read goes to one worker, which moves the cut date', async () => {
    const tables = await due()
    const seen = await readControl(tables, READ)
    // Two workers with one name, too.
    const leases = await Promise.all([takeLease(tables, seen, worker('a')), takeLease(tables, seen, worker('a'))])
    const [lease, ...others] = leases.filter((one) => one !== undefined)
    if (lease === undefined) throw new Error('nobody has the lease')
    expect(others).toEqual([])
    expect(await moveCutDate(tables, lease, '2026-01-30T00:00:00.000Z', START)).toBe(true)
    expect(await moveCutDate(tables, lease, '2026-01-29T00:00:00.000Z', START)).toBe(false)
    expect(await readControl(tables, READ)).toMatchObject({ cut_date: '2026-01-30T00:00:00.000Z', revision: 1 })
  })

  it('of a job goes to one process', async () => {
    const jobs = createJobs(resent(), replayRows)
    const nothing = { connection: null, source: null, key: null, from: null, to: null, offsets: null, reason: null }
    const stage = { topic: 'orders', processor: 'route-orders', trigger: 'api', by: 'ann', rate: 1 }
    const job = newReplay({ ...stage, ...nothing, allVersions: true }, 'replay-1', START)
    expect(await jobs.create(job)).toBe(true)
    expect(await jobs.create(job)).toBe(false)
    expect(await successes([jobs.take(job, START, 1000), jobs.take(job, START, 1000)])).toBe(1)
  })

  it('of a row that is due goes to one process', async () => {
    const store = createSubscriptionStore(resent())
    expect(await successes([store.take('s', START, 1000), store.take('s', START, 1000)])).toBe(1)
  })

  it('of a call slot goes to one process, also for calls of the same process', async () => {
    const tables = resent()
    const slots = () => createCallSlots(tables, 'account', 'p1')
    const takes = [slots().take('slot-1', START + 1000, START), slots().take('slot-1', START + 1000, START)]
    expect(await successes(takes)).toBe(1)
  })

  it('that another process took meanwhile is not held', async () => {
    const tables = memoryTables(tableDefinitions)
    const late: Tables = resentWrites(
      {
        ...tables,
        async update(table, key, change, condition) {
          const done = await tables.update(table, key, change, condition)
          // As a process of an earlier version, which leaves the mark of the row as it is.
          if (done !== null) await tables.update(table, key, { set: { fence: 2, lease_until: START + 99 } })
          return done
        },
      },
      tableDefinitions,
    )
    expect(await createSubscriptionStore(late).take('s', START, 1000)).toBeNull()
  })
})

it('a cut date is set by hand, noted, and refused for an earlier revision', async () => {
  const tables = resent()
  const notes: string[] = []
  const note = async (read: string) => void notes.push(read)
  const request = { cutDate: '2026-01-01T00:00:00.000Z', revision: 0, reason: 'again', by: 'ann', now: START }
  expect(await setCutDate({ tables, note }, READ, request)).toMatchObject({ revision: 1 })
  await expect(setCutDate({ tables, note }, READ, request)).rejects.toMatchObject({ code: 'state_conflict' })
  expect(new Set(notes)).toEqual(new Set([READ]))
})

it('a request under a key is new once', async () => {
  const tables = resent()
  const take = () => takeRequest(tables, 'r-1', { order: 1 }, START)
  const taken = await Promise.all([take(), take()])
  expect(taken.filter(({ isNew }) => isNew)).toHaveLength(1)
})

it('the daily search for old keys of persons takes place', async () => {
  const tables = resent()
  const personKeys = { destroyOld: async () => 3 }
  const { signal } = new AbortController()
  const search = () => destroyOldKeys({ tables, personKeys, clock: manualClock(START) }, signal)
  expect(await search()).toBe(3)
  expect(await search()).toBeNull()
})

it('a change of a subscription keeps who still sends its events', async () => {
  const tables = resent()
  const store = createSubscriptionStore(tables)
  const sender = await store.take('s', START, 1000)
  if (sender === null) throw new Error('nobody has the row')
  expect(await store.intervene('s', () => ({ paused_at: START }))).toBe(true)
  const [row] = await store.list(['s'])
  expect(row).toMatchObject({ fence: 2, handover: { fence: 1, lease_until: START + 1000 } })
})
