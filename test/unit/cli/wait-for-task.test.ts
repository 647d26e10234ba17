import { describe, expect, it } from 'vitest'
import { waitForTask } from '../../../src/cli/wait-for-task.ts'
import { changeRun, createRun } from '../../../src/control/runs.ts'
import { everything } from '../../../src/operations/principal.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { batchContext } from '../../worlds/stage-context.ts'

const by = everything({ kind: 'cli', name: 'ann' })

/** A world in which one thing more has happened at each look. */
function world(happens: readonly ((api: ReturnType<typeof apiFixture>) => Promise<unknown>)[]) {
  const api = apiFixture()
  const left = [...happens]
  let now = 0
  const clock = {
    now: () => now,
    async sleep(ms: number) {
      now += ms
      await left.shift()?.(api)
    },
  }
  const said: string[] = []
  const wait = (id: string, timeoutMs = 60_000) =>
    waitForTask(api.operations, by, id, { clock, timeoutMs, progress: (text) => said.push(text) })
  return { said, wait }
}

const run =
  (id: string, merged: string | null = null) =>
  (api: ReturnType<typeof apiFixture>) =>
    createRun(
      api.tables,
      {
        id,
        read: 'shop.orders.all',
        trigger: 'cli',
        reason: null,
        backfill_from: null,
        requested_at: '2026-01-31T07:00:00.000Z',
      },
      merged,
    )
const ended = (id: string) => (api: ReturnType<typeof apiFixture>) =>
  changeRun(api.tables, { id, fence: 1 }, { set: { state: 'ended', published: 1, read_count: 3, connections: ['c1'] } })
const became = (id: string, status: string) => (api: ReturnType<typeof apiFixture>) =>
  taskStage(api).handle([statusRecord('deliver-erp', 9, [entityResult({ status })], id)], batchContext().context)
const nothing = async () => undefined

describe('waiting for a task', () => {
  it('goes on until what became of every entity is known, and tells each change once', async () => {
    const { said, wait } = world([
      nothing,
      run('t'),
      nothing,
      ended('t'),
      became('t', 'processing'),
      became('t', 'succeeded'),
    ])
    const waited = await wait('t')
    expect(waited).toMatchObject({ ended: true, task: { state: 'completed' } })
    expect(said).toEqual([
      'not started yet',
      'due: read 0, published 0',
      'processing: read 3, published 1; c1: none yet',
      'processing: read 3, published 1; c1: processing 1',
      'completed: read 3, published 1; c1: succeeded 1',
    ])
  })

  it('ends where an entity failed, too', async () => {
    const { wait } = world([run('t'), ended('t'), became('t', 'failed')])
    expect(await wait('t')).toMatchObject({ ended: true, task: { state: 'failed' } })
  })

  it('of a request that was joined to another run waits for that one', async () => {
    const { said, wait } = world([run('first'), run('t', 'first'), ended('first'), became('first', 'succeeded')])
    expect(await wait('t')).toMatchObject({ ended: true, task: { run: { id: 'first' }, state: 'completed' } })
    // It said "merged", then "due": as if it went backwards.
    expect(said).toEqual([
      'not started yet',
      'joined to first, which was requested before',
      'due: read 0, published 0',
      'processing: read 3, published 1; c1: none yet',
      'completed: read 3, published 1; c1: succeeded 1',
    ])
  })

  it('says how far it came where it takes longer than it may, or was not begun', async () => {
    expect(await world([]).wait('t', 2_000)).toBeNull()
    expect(await world([run('t')]).wait('t', 2_000)).toMatchObject({ ended: false, task: { state: 'due' } })
  })
})
