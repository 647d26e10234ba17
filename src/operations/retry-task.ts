import { readConfiguration } from '../configuration/read-configuration.ts'
import type { ManyDone } from '../control/dead-letters/create-dead-letters.ts'
import { publishAgain } from '../control/publish-again.ts'
import type { Run } from '../control/runs.ts'
import { StreamError } from '../errors.ts'
import type { Entity } from '../events/topics.ts'
import type { EntityRow } from '../projections/entity-row.ts'
import { type LetterFilter, listDeadLetters } from '../projections/list-dead-letters.ts'
import { listEntities } from '../projections/list-entities.ts'
import { noteChange, noteNothing } from './audit.ts'
import type { OperationDeps } from './dependencies.ts'
import { nameOf, type Principal } from './principal.ts'
import { findRun } from './tasks.ts'

export interface RetryTaskRequest {
  readonly task: string
  readonly reason: string | null
  /** Maximum number of entities. */
  readonly limit: number
  /** Retries per second. */
  readonly rate: number
  readonly dryRun: boolean
  /** Called before each dead letter with the number handled and the total. */
  readonly progress?: ((handled: number, of: number) => void) | undefined
}

export interface RetriedTask {
  readonly task: string
  readonly dry_run: boolean
  /** Entities whose dead letters were retried. */
  readonly retried: number
  /** Dead letters that were not retried, with the reason. */
  readonly skipped: ManyDone['skipped']
  /** Entities that are read and published again. */
  readonly read_again: number
  /** The task that reads them. */
  readonly read_by: string | null
  /** There may be more: repeat the request. */
  readonly more: boolean
}

type Deps = Pick<OperationDeps, 'tables' | 'audit' | 'deadLetters' | 'syncRequests'>

/**
 * Retries exactly the entities of a task that failed or are unknown, with the current configuration. For a failed
 * entity it retries the open dead letter: the original record goes through its stage again. An entity without one (it
 * could not be read, its dead letter was discarded, or its outcome is unknown) is published again by a new run of the
 * task's read from the window's beginning; that run does not publish unchanged entities and does not move the cut date.
 */
export async function retryTask(deps: Deps, by: Principal, request: RetryTaskRequest): Promise<RetriedTask> {
  const run = await findRun(deps, by, request.task)
  const { id } = run
  if (run.state === 'merged') {
    const message = `task ${id} was merged into ${run.merged_into}; retry that task`
    throw new StreamError('state_conflict', message, { field: 'id' })
  }
  const { reason, limit, rate, dryRun, progress } = request
  const filter = openLetters(by, id)
  // Before the retries, since a retried entity no longer counts as failed.
  const lost = await withoutLetter(deps, by, run, limit)
  const asked = { by: nameOf(by), reason, force: false, rate }
  const letters = await deps.deadLetters.retryMany({ filter, limit, dryRun, progress }, asked)
  const skipped = letters.skipped.filter((letter) => !lost.letters.has(letter.id))
  const readBy = lost.rows.length === 0 || dryRun ? null : await readAgain(deps, by, run, { rows: lost.rows, reason })
  if (dryRun) noteNothing(by)
  else await noteChange(deps, by, { what: 'task.retry', target: id, after: { retried: letters.done.length, readBy } })
  return {
    task: id,
    dry_run: dryRun,
    retried: letters.done.length,
    skipped,
    read_again: new Set(lost.rows.map(({ key }) => key)).size,
    read_by: readBy,
    more: letters.more || lost.more,
  }
}

function openLetters({ scope }: Principal, task: string): LetterFilter {
  const any = { stage: null, connection: null, code: null, key: null, group: null, from: null, to: null }
  return { state: 'open', ...any, task, seen: scope.connections }
}

const PAGE = 500

interface Lost {
  readonly rows: readonly EntityRow[]
  /** Dead letters without a record: the entity must be read from the source again. */
  readonly letters: ReadonlySet<string>
  readonly more: boolean
}

/** Entities that failed or are unknown and have no record to retry. */
async function withoutLetter({ tables }: Deps, by: Principal, run: Run, limit: number): Promise<Lost> {
  const kept = new Set<string>()
  const letters = new Set<string>()
  for (const state of ['open', 'retrying'] as const) {
    for await (const letter of lettersOf(tables, { ...openLetters(by, run.id), state })) {
      if (letter.offset < 0) letters.add(letter.id)
      else kept.add(placeOf(letter.connection, letter.key))
    }
  }
  const rows: EntityRow[] = []
  for (const status of ['failed', 'unknown']) {
    const { id: task, connections } = run
    const filter = { task, connections, connection: null, status, seen: by.scope.connections }
    for (let after: string | null = null, more = true; more; more = after !== null) {
      const page = await listEntities(tables, filter, PAGE, after)
      for (const row of page.rows) {
        // A dead letter of all connections is retried for each of them.
        if (kept.has(placeOf(row.connection, row.key)) || kept.has(placeOf(null, row.key))) continue
        if (rows.length === limit) return { rows, letters, more: true }
        rows.push(row)
      }
      after = page.next
    }
  }
  return { rows, letters, more: false }
}

async function* lettersOf(tables: Deps['tables'], filter: LetterFilter) {
  for (let after: string | null = null, more = true; more; more = after !== null) {
    const page = await listDeadLetters(tables, filter, PAGE, after)
    yield* page.rows
    after = page.next
  }
}

async function readAgain(
  deps: Deps,
  by: Principal,
  run: Run,
  { rows, reason }: { readonly rows: readonly EntityRow[]; readonly reason: string | null },
) {
  const entities = rows.map(({ source, kind, key }) => ({ source, entity: kind as Entity, key }))
  await publishAgain(deps.tables, entities)
  const from = run.window_from === null ? await beginningOf(deps, run.read) : Date.parse(run.window_from)
  const why = `retry of task ${run.id}${reason === null ? '' : `: ${reason}`}`
  const wanted = { read: run.read, from, reason: why, by: nameOf(by), trigger: 'api', requestId: null } as const
  const { task, merged_into } = await deps.syncRequests.request(wanted)
  return merged_into ?? task
}

async function beginningOf({ tables }: Deps, id: string): Promise<number> {
  const { systems } = await readConfiguration(tables)
  const startFrom = systems.flatMap(({ reads }) => reads).find((read) => read.id === id)?.startFrom
  return startFrom == null ? 0 : Date.parse(startFrom)
}

function placeOf(connection: string | null, key: string): string {
  return JSON.stringify([connection, key])
}
