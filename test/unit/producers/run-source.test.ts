import { describe, expect, it } from 'vitest'
import { dispatch } from '../../../src/control/dispatch.ts'
import { readControl, takeLease } from '../../../src/control/read-control.ts'
import { getRun } from '../../../src/control/runs.ts'
import { StreamError } from '../../../src/errors.ts'
import { runSource } from '../../../src/producers/run-source.ts'
import type { Page, SourceReader, WindowRow } from '../../../src/systems/kit/source.ts'
import { readWith } from '../../data/configuration.ts'
import { countingMeter } from '../../worlds/metric-samples.ts'
import { type Bench, bench, pageOf, stock } from './support.ts'

const read = readWith('netsuite', 'inventory', { pageSize: 2, settleSeconds: 0, overlapSeconds: 0 })
const window = { from: null, to: 10_000 }

async function job(deps: Bench, reader: SourceReader<'inventory'>) {
  const nothing = { requestedBy: null, reason: null, from: null, queueUrl: null }
  await dispatch(deps.tables, { requestId: 'r', read: read.id, trigger: 'api', requestedAt: 1, ...nothing })
  const lease = await takeLease(deps.tables, await readControl(deps.tables, read.id), { id: 'w', now: 0, leaseMs: 1 })
  const run = lease === undefined ? undefined : await getRun(deps.tables, lease.run)
  if (lease === undefined || run === undefined) throw new Error('no run')
  return { run, read, reader, window, fence: lease.fence, signal: new AbortController().signal }
}

/** Gives these pages, pass by pass, and lists these rows. */
function reader(
  passes: readonly (readonly Page<'inventory'>[])[],
  list: readonly WindowRow[],
): SourceReader<'inventory'> {
  let pass = 0
  return {
    name: 'test.inventory',
    entity: 'inventory',
    async *read() {
      yield* passes[Math.min(pass, passes.length - 1)] ?? []
      pass += 1
    },
    async *list() {
      yield list
    },
  }
}

async function* unlisted(): AsyncIterable<readonly WindowRow[]> {}

const rows = (...skus: string[]): WindowRow[] => skus.map((key) => ({ key, changedAt: '1000' }))

describe('runSource', () => {
  it('notes how far it came after each acknowledged page', async () => {
    const deps = bench()
    const pages = [pageOf([stock('A', '1'), stock('B', '2')]), pageOf([stock('C', '3')])]
    const { run, ...rest } = await job(deps, reader([pages], rows('A', 'B', 'C')))
    expect(await runSource(deps, { run, ...rest })).toMatchObject({ state: 'ended', missing: [] })
    expect(await getRun(deps.tables, run.id)).toMatchObject({ pages: 2, read_count: 3, published: 3, unchanged: 0 })
  })

  it('notes up to which change the first reading has come, where the source tells', async () => {
    const deps = bench()
    const times: (string | null)[] = []
    const { run, ...rest } = await job(deps, {
      name: 'test.inventory',
      entity: 'inventory',
      async *read() {
        const changes = times.length === 0 ? [2000, 3000] : [1500]
        for (const at of changes) {
          yield { ...pageOf([stock(`${at}`, '1', at)]), reachedAt: at }
          times.push((await getRun(deps.tables, run.id))?.reached_at ?? null)
        }
      },
      async *list() {
        yield ['1500', '2000', '3000'].map((key) => ({ key, changedAt: key }))
      },
    })
    await runSource(deps, { run, ...rest })
    expect(times).toEqual(['1970-01-01T00:00:02.000Z', '1970-01-01T00:00:03.000Z', '1970-01-01T00:00:03.000Z'])
  })

  it('says how much the source listed for the proof, or that it listed nothing', async () => {
    const pages = [[pageOf([stock('A', '1'), stock('B', '2')])]]
    const listedBy = async (read: SourceReader<'inventory'>) => {
      const deps = bench()
      return (await runSource(deps, await job(deps, read))).listed
    }
    expect(await listedBy(reader(pages, rows('A', 'B')))).toBe(2)
    expect(await listedBy(reader([[]], []))).toBe(0)
    expect(await listedBy(reader(pages, []))).toBeNull()
    const { list: _list, ...unlisted } = reader(pages, [])
    expect(await listedBy(unlisted)).toBeNull()
  })

  it('leaves its place before a page that was not acknowledged (Guarantee 1)', async () => {
    const deps = bench()
    const { run, ...rest } = await job(deps, reader([[pageOf([stock('A', '1')])]], rows('A')))
    deps.producer.failNext('after')
    await expect(runSource(deps, { run, ...rest })).rejects.toThrow()
    expect(await getRun(deps.tables, run.id)).toMatchObject({ pages: 0, reached: null })
  })

  it('reads again what the proof of the window did not find read (Guarantee 6)', async () => {
    const deps = bench()
    const late = [pageOf([stock('A', '1'), stock('LATE', '9')])]
    const { run, ...rest } = await job(deps, reader([[pageOf([stock('A', '1')])], late], rows('A', 'LATE')))
    const done = await runSource(deps, { run, ...rest })
    expect(done).toMatchObject({ state: 'ended', missed: 1, read_again: 2, keys: 2 })
    expect((await deps.appended('inventory')).map(({ key }) => key)).toEqual(['A', 'LATE'])
    const other = bench()
    const whole = [pageOf([stock('LATE', '9'), stock('A', '1')])]
    const again = await runSource(other, await job(other, reader([whole], rows('A', 'LATE'))))
    expect(again).toMatchObject({ missed: 0, read_again: 0, digest: done.digest })
    const less = bench()
    const part = await runSource(less, await job(less, reader([[pageOf([stock('A', '1')])]], rows('A'))))
    expect(part.digest).not.toBe(done.digest)
  })

  it('counts its rows, those that it read again, and what it asked for once more', async () => {
    const { meter, counted } = countingMeter()
    const deps = { ...bench(), meter }
    const [first, late] = [stock('A', '1'), stock('LATE', '9')]
    const passes = [[pageOf([first])], [pageOf([first, late])]]
    const { list, ...steady } = reader(passes, rows('A', 'LATE'))
    let failures = 0
    const failing: SourceReader<'inventory'> = {
      ...steady,
      list(...asked) {
        failures += 1
        if (failures === 1) throw new StreamError('target_unavailable', 'passes')
        return list?.(...asked) ?? unlisted()
      },
    }
    await runSource(deps, await job(deps, failing))
    const of = (outcome: string) => `waldstream_read_rows_total{read="${read.id}",outcome="${outcome}"}`
    expect(await counted()).toEqual({
      [of('published')]: 2,
      [of('unchanged')]: 1,
      [of('unreadable')]: 0,
      [`waldstream_read_again_rows_total{read="${read.id}"}`]: 2,
      [`waldstream_read_retries_total{read="${read.id}",code="target_unavailable"}`]: 1,
    })
  })

  it('ends where two rows of the source have one key, as two items of a vendor with one name (Guarantee 5)', async () => {
    const deps = bench()
    const pages = [pageOf([stock('A', '1', 1000)]), pageOf([stock('A', '2', 2000), stock('B', '1', 2000)])]
    const listed = [
      { key: 'A', changedAt: '1000' },
      { key: 'A', changedAt: '2000' },
      { key: 'B', changedAt: '2000' },
    ]
    const { run, ...rest } = await job(deps, reader([pages], listed))
    expect(await runSource(deps, { run, ...rest })).toMatchObject({ state: 'ended', missing: [], keys: 2 })
  })

  it('is incomplete, and names what is missing, when the window can not be agreed on', async () => {
    const deps = bench()
    const { run, ...rest } = await job(deps, reader([[pageOf([stock('A', '1')])]], rows('A', 'GHOST')))
    expect(await runSource(deps, { run, ...rest })).toMatchObject({
      state: 'incomplete',
      missing: ['GHOST'],
      missed: 1,
    })
  })

  it('proves the whole window after a takeover, though it begins in the middle', async () => {
    const deps = bench()
    const passes = [[pageOf([stock('B', '2')])], [pageOf([stock('A', '1'), stock('B', '2')])]]
    const { run, ...rest } = await job(deps, reader(passes, rows('A', 'B')))
    const taken = { ...run, reached: { changedAt: '1000', id: '1' } }
    expect(await runSource(deps, { run: taken, ...rest })).toMatchObject({ state: 'ended', missing: [] })
    expect((await deps.appended('inventory')).map(({ key }) => key).toSorted()).toEqual(['A', 'B'])
  })

  it('goes on behind the last page after a failure that may pass', async () => {
    const deps = bench()
    const pages = [pageOf([stock('A', '1', 1000)]), pageOf([stock('B', '2', 2000)])]
    const begun: (string | undefined)[] = []
    const failing: SourceReader<'inventory'> = {
      name: 'test.inventory',
      entity: 'inventory',
      async *read(_window, after) {
        begun.push(after?.changedAt)
        if (begun.length === 1) yield pages[0] ?? pageOf([])
        if (begun.length < 3) throw new StreamError('rate_limited', 'slow down')
        yield pages[1] ?? pageOf([])
      },
    }
    expect((await runSource(deps, await job(deps, failing))).state).toBe('ended')
    expect(begun).toEqual([undefined, '1000', '1000'])
    expect((await deps.appended('inventory')).map(({ key }) => key)).toEqual(['A', 'B'])
  })

  it('lets the reader go when a page was not acknowledged, for it may hold what it gave', async () => {
    const deps = bench()
    let letGo = false
    const holding: SourceReader<'inventory'> = {
      name: 'test.inventory',
      entity: 'inventory',
      async *read() {
        try {
          yield pageOf([stock('A', '1')])
        } finally {
          letGo = true
        }
      },
    }
    deps.producer.failNext('after')
    await expect(runSource(deps, await job(deps, holding))).rejects.toThrow()
    expect(letGo).toBe(true)
  })

  it('gives up when the system stays down', async () => {
    const deps = bench()
    const down: SourceReader<'inventory'> = {
      name: 'test.inventory',
      entity: 'inventory',
      // biome-ignore lint/correctness/useYield: it never comes to one
      async *read() {
        throw new StreamError('target_unavailable', 'down')
      },
    }
    await expect(runSource(deps, await job(deps, down))).rejects.toMatchObject({ code: 'target_unavailable' })
  })

  it('stops when another worker has taken the run over', async () => {
    const deps = bench()
    const { run, ...rest } = await job(deps, reader([[pageOf([stock('A', '1')])]], rows('A')))
    await takeLease(deps.tables, await readControl(deps.tables, read.id), { id: 'other', now: 99, leaseMs: 1 })
    await deps.tables.update('sync_runs', { id: run.id }, { set: { fence: rest.fence + 1 } })
    await expect(runSource(deps, { run, ...rest })).rejects.toMatchObject({ code: 'lease_lost' })
  })
})
