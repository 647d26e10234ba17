// Every kit that a shop follows a feed with ends with the rows of the feed: none lost, none twice, none stale.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { until } from '../../worlds/processes-until.ts'
import { FEED, feedInstallation, KEY, SOURCE } from './feed-installation.ts'
import { type Fault, startFeedProxy } from './feed-proxy.ts'
import { type Ended, isHere, type Kit, KitRun, kits, type Row, type RunOptions } from './kits.ts'

const LIMIT = 5
const GHOST = 'WLD-GHOST'
const OTHER_SOURCE = 'second'

const skus = Array.from({ length: 30 }, (_, n) => `WLD-${n + 1}`)
const levels = (names: readonly string[], level: number) => Object.fromEntries(names.map((sku) => [sku, level]))

/** One per request, until the API answers whole. Answers are cut off as they are, and compressed. */
const FAULTS: readonly Fault[] = [
  { status: 429, headers: { 'retry-after': '0' }, body: '{"code":"too_many_requests"}' },
  { status: 503, headers: { 'retry-after': '1' }, body: '{"code":"table_unavailable"}' },
  { status: 502, body: '<html>Bad Gateway</html>' },
  'cut',
  'short',
  'short',
  'cut',
  { status: 200, body: '<html>Please sign in</html>' },
  'drop',
]

/** What a kit did and had at each point of the scenario, which all kits go through at the same time. */
interface Outcome {
  readonly kit: Kit
  readonly proxy: Awaited<ReturnType<typeof startFeedProxy>>
  readonly options: RunOptions
  /** Rows of the pages before it was killed, and of those after. */
  readonly firstRead: { before: number; ended: Ended | undefined; truth: ReadonlyMap<string, Row> }
  readonly idle: { ended: Ended | undefined; statuses: readonly number[] }
  readonly changed: { ended: Ended | undefined; truth: ReadonlyMap<string, Row> }
  readonly filtered: readonly Reading[]
  readonly otherKey: readonly Reading[]
  readonly hidden: readonly Reading[]
  readonly expired: {
    thrown: Ended | undefined
    midway: number
    ended: Ended | undefined
    truth: ReadonlyMap<string, Row>
  }
}

/** A run, the statuses of its answers, and what its copy should then hold. */
interface Reading {
  readonly ended: Ended | undefined
  readonly statuses: readonly number[]
  readonly truth: ReadonlyMap<string, Row>
}

let installation: Awaited<ReturnType<typeof feedInstallation>>
let folder: string
let outcomes: readonly Outcome[] = []

const each = async <T>(does: (outcome: Outcome) => Promise<T>): Promise<readonly T[]> =>
  await Promise.all(outcomes.map(does))
const run = ({ kit, options }: Outcome, over: Partial<RunOptions> = {}) => new KitRun(kit, { ...options, ...over })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waldstream-clients-'))
  installation = await feedInstallation(inject('services'))
  outcomes = await Promise.all(kits.filter(isHere).map(newOutcome))
  await readFirst()
  await pollWithoutNews()
  await pollChanges()
  await readAfterRebuild()
  await readOtherSources()
  await readWithOtherKey()
  await readHiddenRows()
})

afterAll(async () => {
  await each(({ proxy }) => proxy.close())
  await installation.close()
  await rm(folder, { recursive: true, force: true })
})

async function newOutcome(kit: Kit, index: number): Promise<Outcome> {
  const proxy = await startFeedProxy(installation.apiUrl)
  const { connection } = installation
  const file = join(folder, `kit-${index}`)
  const options = {
    api: proxy.url,
    key: KEY,
    feed: FEED,
    connection,
    file,
    limit: LIMIT,
    onExpired: 'read-again',
  } as const
  const truth = new Map<string, Row>()
  return {
    kit,
    proxy,
    options,
    firstRead: { before: 0, ended: undefined, truth },
    idle: { ended: undefined, statuses: [] },
    changed: { ended: undefined, truth },
    filtered: [],
    otherKey: [],
    hidden: [],
    expired: { thrown: undefined, midway: 0, ended: undefined, truth },
  }
}

/** The kit is killed after two pages; then the API, with a page asked for and rows that change; then every answer is broken once. */
async function readFirst(): Promise<void> {
  await installation.addGhost(GHOST)
  await installation.change(levels(skus, 1))
  await installation.shows(levels(skus, 1))
  await each(async (outcome) => {
    const first = run(outcome)
    const one = await first.page()
    first.release()
    const two = await first.page()
    await first.kill()
    outcome.firstRead.before = one.rows + two.rows
  })
  const resumed = await each(async (outcome) => {
    const second = run(outcome)
    const { rows } = await second.page()
    outcome.firstRead.before += rows
    return second
  })
  await installation.killApi()
  await installation.change({ ...levels(skus.slice(0, 3), 2), 'WLD-NEW': 5 })
  for (const one of resumed) one.release()
  await each(({ proxy }) => until('a request without an answer', () => proxy.seen.dropped > 1))
  await each(async ({ proxy }) => proxy.break(...FAULTS))
  await installation.startApi()
  const ended = await Promise.all(resumed.map((one) => one.end()))
  await installation.shows({ ...levels(skus.slice(0, 3), 2), 'WLD-NEW': 5 })
  const last = await each(async (outcome) => await run(outcome).end())
  const truth = await installation.truth()
  outcomes.forEach((outcome, index) => {
    const pages = [...(ended[index]?.pages ?? []), ...(last[index]?.pages ?? [])]
    Object.assign(outcome.firstRead, { ended: { ...last[index], pages }, truth })
  })
}

async function pollWithoutNews(): Promise<void> {
  await each(async (outcome) => {
    // The first one may get the cursor of the place where it stands.
    await run(outcome).end()
    const before = outcome.proxy.seen.statuses.length
    outcome.idle.ended = await run(outcome).end()
    Object.assign(outcome.idle, { statuses: outcome.proxy.seen.statuses.slice(before) })
  })
}

async function pollChanges(): Promise<void> {
  const changes = { 'WLD-4': 9, 'WLD-5': null, 'WLD-6': 0 }
  await installation.change(changes)
  await installation.shows(changes)
  const ended = await each(async (outcome) => await run(outcome).end())
  const truth = await installation.truth()
  outcomes.forEach((outcome, index) => {
    Object.assign(outcome.changed, { ended: ended[index], truth })
  })
}

/** Killed in the middle of the full read, too. */
async function readAfterRebuild(): Promise<void> {
  await installation.rebuild()
  const halves = await each(async (outcome) => {
    const thrown = await run(outcome, { onExpired: 'throw' }).end()
    const begun = run(outcome)
    await begun.page()
    begun.release()
    await begun.page()
    await begun.kill()
    outcome.proxy.break({ status: 500, body: '' })
    const again = run(outcome, { onExpired: 'throw' })
    await again.page()
    await again.kill()
    return { thrown, midway: await heldBy(outcome) }
  })
  const ended = await each(async (outcome) => await run(outcome).end())
  const truth = await installation.truth()
  outcomes.forEach((outcome, index) => {
    Object.assign(outcome.expired, { ...halves[index], ended: ended[index], truth })
  })
}

/** The source is named, another one is, and none is any more. */
async function readOtherSources(): Promise<void> {
  const others = levels(['CDN-1', 'CDN-2'], 7)
  await installation.change(others, OTHER_SOURCE)
  await installation.shows(others)
  const truth = await installation.truth()
  const of = (source: string) => new Map([...truth].filter(([, row]) => row['source'] === source))
  const choices = [{ source: SOURCE }, { source: OTHER_SOURCE }, {}, {}]
  const truths = [of(SOURCE), of(OTHER_SOURCE), truth, truth]
  await note('filtered', choices, truths)
}

/** The shared token is replaced by a key that reaches the connection alone. */
async function readWithOtherKey(): Promise<void> {
  const key = await installation.newKey()
  const truth = await installation.truth()
  await note('otherKey', [{ key }, { key }], [truth, truth])
}

/** Most pages of the feed have no row that the reader sees. */
async function readHiddenRows(): Promise<void> {
  await installation.showOnly(['WLD-7', 'WLD-30'])
  const truth = await installation.truth()
  await note('hidden', [{}], [truth])
}

/** Runs each kit once with each of these options. */
async function note(
  name: 'filtered' | 'otherKey' | 'hidden',
  options: readonly Partial<RunOptions>[],
  truths: readonly ReadonlyMap<string, Row>[],
): Promise<void> {
  await each(async (outcome) => {
    const readings: Reading[] = []
    for (const [index, over] of options.entries()) {
      const before = outcome.proxy.seen.statuses.length
      const ended = await run(outcome, over).end()
      const statuses = outcome.proxy.seen.statuses.slice(before)
      readings.push({ ended, statuses, truth: truths[index] ?? new Map() })
    }
    Object.assign(outcome, { [name]: readings })
  })
}

/** Rows that a kit holds: told by a run that may not reach the API. */
async function heldBy(outcome: Outcome): Promise<number> {
  const { rows } = await run(outcome, { key: 'wrong' }).end()
  return rows.length
}

/** SKUs that a kit has twice, that it lacks or has alone, and those whose row is another one. */
function differences(held: readonly Row[], truth: ReadonlyMap<string, Row>): readonly string[] {
  const own = new Map(held.map((row) => [row.sku, row]))
  const twice = held.length > own.size ? ['a SKU is there twice'] : []
  const all = [...new Set([...own.keys(), ...truth.keys()])]
  return [...twice, ...all.filter((sku) => !isDeepStrictEqual(own.get(sku), truth.get(sku)))]
}

describe.each(kits.map((kit) => ({ name: kit.name, kit })))('the kit $name', ({ kit }) => {
  const here = isHere(kit)
  const outcome = () => {
    const found = outcomes.find((one) => one.kit === kit)
    return found ?? expect.unreachable()
  }
  const expectTruth = (ended: Ended | undefined, truth: ReadonlyMap<string, Row>) => {
    expect(ended?.error).toBeNull()
    expect(differences(ended?.rows ?? [], truth)).toEqual([])
  }

  it.skipIf(!here)('reads every row, killed between pages and with the API killed and broken on the way', () => {
    const { before, ended, truth } = outcome().firstRead
    expect(truth.size).toBe(skus.length + 2)
    expectTruth(ended, truth)
    expect(outcome().proxy.left()).toBe(0)
    expect(outcome().proxy.seen.encodings.size).toBeGreaterThan(1)
    expect(before).toBe(3 * LIMIT)
    // It continued where it was killed: what came again is what changed meanwhile.
    const read = before + (ended?.pages ?? []).reduce((sum, { rows }) => sum + rows, 0)
    expect(read).toBeLessThanOrEqual(truth.size + 3)
  })

  it.skipIf(!here)('is told that nothing changed, without a body', () => {
    const { ended, statuses } = outcome().idle
    expect(statuses).toEqual([304])
    expect(ended?.pages).toEqual([{ rows: 0, complete: true, full: false }])
  })

  it.skipIf(!here)('gets what changed, and deletions, and nothing else', () => {
    const { ended, truth } = outcome().changed
    expectTruth(ended, truth)
    expect(ended?.pages.reduce((sum, { rows }) => sum + rows, 0)).toBe(3)
  })

  it.skipIf(!here)('reads in full when another source is asked for, or all again, and then continues', () => {
    const { filtered } = outcome()
    for (const { ended, truth } of filtered) expectTruth(ended, truth)
    expect(filtered.map(({ truth }) => truth.size)).toEqual([skus.length + 1, 2, skus.length + 3, skus.length + 3])
    expect(filtered.map(({ ended }) => ended?.pages[0]?.full)).toEqual([true, true, true, false])
    expect(filtered.flatMap(({ statuses }) => statuses).filter((status) => status >= 400)).toEqual([])
  })

  it.skipIf(!here)('reads in full, once, with a key of another reach', () => {
    const { otherKey } = outcome()
    for (const { ended, truth } of otherKey) expectTruth(ended, truth)
    expect(otherKey.map(({ statuses }) => statuses.includes(410))).toEqual([true, false])
    expect(otherKey.map(({ ended }) => ended?.pages[0]?.full)).toEqual([true, false])
  })

  it.skipIf(!here)('reads on through pages whose rows are all hidden', () => {
    const [reading] = outcome().hidden
    expect(reading?.truth.size).toBe(2)
    expectTruth(reading?.ended, reading?.truth ?? new Map())
    expect(reading?.ended?.pages.filter(({ rows, complete }) => rows === 0 && !complete).length).toBeGreaterThan(1)
  })

  it.skipIf(!here)('reads in full after its cursor has expired, resumes that, and then removes what is gone', () => {
    const { thrown, midway, ended, truth } = outcome().expired
    expect(thrown?.error).toBe('cursor_expired')
    expect(midway).toBe(truth.size + 1)
    expect(truth.has(GHOST)).toBe(false)
    expectTruth(ended, truth)
  })
})
