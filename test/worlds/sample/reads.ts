import { controlRows } from '../../../src/control/read-control.ts'
import { changeRun, createRun, type Run } from '../../../src/control/runs.ts'
import { isoTime } from '../../../src/events/times.ts'
import { rowsOf } from '../../../src/platform/dynamodb/rows.ts'
import { taskStage } from '../../../src/projections/tasks.ts'
import { entityResult, statusRecord } from '../../data/sync-status.ts'
import type { apiFixture } from '../api-fixture.ts'
import { batchContext } from '../stage-context.ts'
import { sampleConfiguration } from './installation.ts'

const MINUTE = 60_000
const RUNS = 6

/** The run of which a page is shown. */
const SAMPLE_RUN = 'outdoor.orders.all.1'

/** Runs of each read, five minutes apart; one of them failed. */
export async function addReads(api: ReturnType<typeof apiFixture>, now: number): Promise<void> {
  const reads = sampleConfiguration.systems.flatMap((system) => system.reads)
  for (const [which, { id: read, entity }] of reads.entries()) {
    const { connections } = sampleConfiguration
    const own = connections.filter((one) => one.reads.includes(read)).map(({ id }) => id)
    for (let index = RUNS; index > 0; index -= 1) {
      const to = now - index * 5 * MINUTE + which * 4_000
      const many = entity === 'orders' ? 3 : 9
      const id = `${read}.${index}`
      const published = id === SAMPLE_RUN ? 8 : (index * 7 + which * 3) % many
      const unchanged = entity === 'orders' ? index % 2 : (index * 11) % 30
      const all = published + unchanged
      const counts = { read_count: all, keys: all, listed: all, published, unchanged, pages: 1 }
      const ran = { id, read, to, connections: own, ...counts }
      await addRun(api, ran)
      await addEntities(api, ran)
    }
    const cut = { cut_date: isoTime(now - 5 * MINUTE + which * 4_000), cut_date_run: `${read}.1` }
    await rowsOf(api.tables, controlRows).putPart({ read, ...cut, revision: RUNS, fence: RUNS, lease_until: 0 })
  }
  const failed = { code: 'target_unavailable', message: 'the shop answered 503 to GET /v2/orders' }
  await changeRun(api.tables, { id: 'bikes.orders.all.1', fence: 1 }, { set: { state: 'failed', error: failed } })
}

type Ran = Pick<Run, 'id' | 'read' | 'connections'> & Partial<Run> & { readonly to: number }

async function addRun({ tables }: ReturnType<typeof apiFixture>, { id, read, to, ...counts }: Ran): Promise<void> {
  const run = { id, read, trigger: 'schedule', reason: null, backfill_from: null }
  await createRun(tables, { ...run, requested_at: isoTime(to) })
  const window = { window_from: isoTime(to - 6 * MINUTE), window_to: isoTime(to - 5_000) }
  const times = { started_at: isoTime(to + 800), ended_at: isoTime(to + 4_200) }
  await changeRun(tables, { id, fence: 1 }, { set: { state: 'ended', ...window, ...times, ...counts } })
}

/** What became of what a run published, for each of its connections. */
async function addEntities(api: ReturnType<typeof apiFixture>, ran: Ran & Pick<Run, 'published'>): Promise<void> {
  const { id, read, to, connections, published } = ran
  const [source = '', entity = ''] = read.split('.')
  const isShown = id === SAMPLE_RUN
  const records = connections.flatMap((connection, which) =>
    Array.from({ length: published }, (_, index) => {
      const at = to + 5_000 + index * 700 + which
      const about = { source, entity, connection, key: `${100_004_216 - index * 2 - which}` }
      const end = (isShown ? shownEnds[index] : undefined) ?? { status: 'succeeded', targetId: `${48_212 - index}` }
      const result = entityResult({ ...about, occurredAt: at - 9_000, readAt: at - 4_000, ...end })
      return statusRecord('deliver-erp', at, [result], id)
    }),
  )
  await taskStage(api).handle(records, batchContext().context)
}

const refusal = { code: 'target_rejected', message: 'Invalid item reference key NW-AXE-58' }
const shownEnds: Readonly<Record<number, { readonly status: string } & Partial<typeof refusal>>> = {
  2: { status: 'processing' },
  4: { status: 'failed', ...refusal },
  6: { status: 'waiting', code: 'item_missing', message: 'the item NW-AXE-58 is not in the ERP yet' },
}
