import { StreamError } from '../errors.ts'
import type { ResultPlaces } from '../events/generated/events.ts'
import { topicOf } from '../events/topics.ts'
import { forEachBounded } from '../platform/bounded.ts'
import { type AttributeOf, rowsOf } from '../platform/dynamodb/rows.ts'
import type { Condition, Tables } from '../platform/dynamodb/tables.ts'
import type { BatchContext, Decoded, Stage } from '../platform/runtime/stage.ts'
import { aboutEvent, mappedPlaces, stageResult } from '../platform/runtime/stage-result.ts'
import { keepFigures } from './figures.ts'
import { insertMissing, ONE_REQUEST } from './insert-missing.ts'
import { keepOrderSteps } from './order-steps.ts'
import { type AppendDeps, appendOutgoing, laneIdle, orderEventOf } from './outgoing-events.ts'
import { orDeadLetter, type ResultOfRecord, soundResults } from './sound-results.ts'
import { evolveStaged, type StagedRow, type StageReport, shelfOf, stagedId, stagedRows } from './staged-row.ts'
import { afterReport, type ClosingDeps, closeSuperseded, type SupersededVersion } from './superseded-versions.ts'

/** Rows written in parallel. */
const WRITERS = 16
/** Few stages write to a row at once; more conflicts in a row than this mean that something else is wrong. */
const TRIES = 20

interface StagedDeps {
  readonly tables: Tables
  /** For the dead letters of versions that a newer one superseded; missing: they stay open. */
  readonly closing?: ClosingDeps
}

/** A report with the record that it came in. */
interface ReportOfRecord extends StageReport, Pick<ResultOfRecord, 'record'> {}

/** The same, possibly without a connection. */
type AnyReport = Omit<ReportOfRecord, 'result'> & Pick<ResultOfRecord, 'result'>

const SYNC_STATUS = topicOf('sync-status')
const nowhere = { source: null, mapped: null } as const

/**
 * Folds `sync-status` into one row per connection and entity: what is staged for it, the positions of its events, and
 * their outcome. Results without a connection are left out: nothing is staged for them yet. Also stores the steps of
 * orders, the figures of a day, and the order events of subscriptions, and closes the dead letters of superseded
 * versions. A result that no row can hold is dead-lettered alone.
 */
export function stagedStage(deps: AppendDeps & StagedDeps): Stage<'sync-status'> {
  return {
    name: 'project-staged',
    kind: 'sync-status',
    topics: ['sync-status'],
    async handle(batch, context) {
      const byRecord = (await soundResults(batch, context)).map((one) => ({ one, reports: ofReport(one) }))
      const reports = byRecord.flatMap((one) => one.reports)
      await keepOrderSteps(deps.tables, reports, context)
      const withEvents = byRecord.map(({ one: { record }, reports: own }) => {
        return { record, events: own.flatMap((report) => orderEventOf(report) ?? []) }
      })
      await appendOutgoing(deps.tables, SYNC_STATUS, withEvents, context)
      const ofConnections = reports.filter(isOfConnection)
      await write(deps, ofConnections, context)
      await keepFigures(deps.tables, ofConnections, context)
    },
    onIdleAlone: laneIdle(deps, SYNC_STATUS),
  }
}

/**
 * Adds the positions of the orders for one ERP. Its sink reports them too, but only once it reaches them: these rows
 * show what waits while the ERP is down.
 */
export function stagedOrdersStage(system: string, deps: StagedDeps): Stage<'vendor-orders'> {
  return {
    name: `project-staged-${system}`,
    kind: 'vendor-orders',
    topics: [topicOf('vendor-orders', system)],
    needsPersons: false,
    handle: (batch, context) => write(deps, batch.map(ofOrder), context),
  }
}

function ofReport({ record, event }: Decoded<'sync-status'>): readonly AnyReport[] {
  const { taskId: task, stage, at, results, places } = event
  const offset = Number(record.offset)
  return results.map((result, index) => {
    return { record, stage, at, offset, task, result, places: plain(places[index] ?? nowhere) }
  })
}

/** Results without a connection are not staged yet. */
function isOfConnection(report: AnyReport): report is ReportOfRecord {
  return report.result.connection !== null
}

/** Decoded events are class instances; a table accepts only plain values. */
function plain({ source, mapped }: ResultPlaces): ResultPlaces {
  return { source: source === null ? null : { ...source }, mapped: mapped === null ? null : { ...mapped } }
}

function ofOrder({ record, event }: Decoded<'vendor-orders'>): ReportOfRecord {
  const { connection } = event
  const end = { status: 'processing', code: null, message: null, targetId: null }
  const { taskId: task, result } = stageResult(aboutEvent('orders', event, connection), end)
  const places = mappedPlaces(record)
  const ofConnection = { ...result, connection }
  return { record, stage: 'route-orders', at: record.timestamp, offset: -1, task, result: ofConnection, places }
}

async function write(deps: StagedDeps, reports: readonly ReportOfRecord[], context: BatchContext): Promise<void> {
  const { tables } = deps
  const groups = [...Map.groupBy(reports, nameOf).values()]
  const found = await rowsOf(tables, stagedRows).getMany(groups.map(([first]) => stagedKey(first as ReportOfRecord)))
  const rows = new Map(found.map((row) => [JSON.stringify([row.shelf, row.id]), row]))
  const rest = await insertMissing(groups, missingOf(tables, rows), context)
  await forEachBounded(rest, WRITERS, async (group) => {
    const { record, task: taskId, result } = group[0] as ReportOfRecord
    const row = rows.get(nameOf(group[0] as ReportOfRecord))
    await orDeadLetter({ record, taskId, result }, context, () => writeRow(deps, group, row, context))
  })
}

function missingOf(tables: Tables, found: ReadonlyMap<string, StagedRow>) {
  return {
    rowOf(group: readonly ReportOfRecord[]): StagedRow | undefined {
      if (found.has(nameOf(group[0] as ReportOfRecord))) return undefined
      const { after, superseded } = afterReports(undefined, group)
      // Dead letters are closed before the row is written.
      if (after === undefined || superseded.length > 0) return undefined
      return { ...after, revision: after.revision + 1 }
    },
    insert: rowsOf(tables, stagedRows).insertMany,
    atOnce: ONE_REQUEST,
  }
}

async function writeRow(
  { tables, closing }: StagedDeps,
  reports: readonly StageReport[],
  read: StagedRow | undefined,
  context: BatchContext,
): Promise<void> {
  const rows = rowsOf(tables, stagedRows)
  let row = read
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { after, superseded } = afterReports(row, reports)
    const [first] = reports
    if (closing !== undefined && first !== undefined && superseded.length > 0) {
      context.assertOwned()
      // Before the row forgets them: after a crash in between they are closed again, which changes nothing (Guarantee 3).
      await closeSuperseded(closing, first.result, superseded)
    }
    if (after === undefined || after === row) return
    context.assertOwned()
    const unchanged: Condition<AttributeOf<StagedRow>> =
      row === undefined ? { absent: 'id' } : { attribute: 'revision', is: '=', value: row.revision }
    if (await rows.put({ ...after, revision: after.revision + 1 }, unchanged)) return
    row = await rows.get({ shelf: after.shelf, id: after.id })
  }
  throw new StreamError('concurrent_change', 'a staged row kept changing while it was being updated; try again')
}

/** The row after the reports, and the failed versions that they superseded. */
function afterReports(row: StagedRow | undefined, reports: readonly StageReport[]) {
  let after = row
  const superseded: SupersededVersion[] = []
  for (const report of reports) {
    const evolved = evolveStaged(after, report)
    const failures = afterReport(evolved.failed_versions, evolved, report)
    superseded.push(...failures.superseded)
    const { failed: failed_versions } = failures
    after = failed_versions === evolved.failed_versions ? evolved : { ...evolved, failed_versions }
  }
  return { after, superseded }
}

function stagedKey({ result }: StageReport) {
  return { shelf: shelfOf(result.connection, result.entity), id: stagedId(result) }
}

function nameOf(report: StageReport): string {
  const { shelf, id } = stagedKey(report)
  return JSON.stringify([shelf, id])
}
