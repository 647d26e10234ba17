import type { Run } from '../control/runs.ts'
import { SWEEP_PREVIEW } from '../control/sweeps.ts'
import { cancelTask } from '../operations/cancel-task.ts'
import type { TableDeps } from '../operations/dependencies.ts'
import type { Principal } from '../operations/principal.ts'
import { retryTask } from '../operations/retry-task.ts'
import {
  findRun,
  listRuns,
  listTaskEntities,
  listTasks,
  movedCutDate,
  showTask,
  type TaskStatus,
  taskStates,
  windowProof,
} from '../operations/tasks.ts'
import { commandUser, timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { tasksCancel, tasksList, tasksRetry, tasksShow } from './commands/tasks.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'
import { isFound, pagesOf, wholeId } from './whole-id.ts'

export async function listTasksCommand(values: Given<typeof tasksList>): Promise<void> {
  const state = taskStates.find((one) => one === values.state) ?? null
  if (values.state !== undefined && state === null) {
    throw new UsageError(`--state must be one of ${taskStates.join(', ')}, not "${values.state}"`)
  }
  const since = timeOption('since', values.since)
  const filter = { read: values.read ?? null, state, since: since === null ? null : new Date(since).toISOString() }
  const limit = wholeOption('limit', values.limit, { usual: 20, most: 200 })
  const wanted = { filter, limit, after: null }
  const { items } = await onTables((operations) => listTasks(operations, commandUser(), wanted))
  if (values.json) return console.log(JSON.stringify({ items: items.map(plain) }))
  printList(items, lineOf, 'no runs match these options')
}

export async function showTaskCommand(values: Given<typeof tasksShow>): Promise<void> {
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 1000 })
  const { task, entities } = await onTables(async (operations) => {
    const id = await taskId(operations, commandUser(), values.task)
    const filter = { task: id, connection: null, status: values.status ?? null }
    const { items } = await listTaskEntities(operations, commandUser(), { filter, limit, after: null })
    return { task: await showTask(operations, commandUser(), id), entities: items }
  })
  const { run, counts } = task
  if (values.json) return console.log(JSON.stringify({ ...plain(task), entities }))
  console.log(lineOf(task))
  if (run.queue_url !== null) console.log(`  queue ${run.queue_url}: ${run.queue_end ?? 'not drained yet'}`)
  console.log(run.expected === null ? `  window: ${proofText(run)}` : `  sweep: ${sweepText(run)}`)
  for (const [connection, { statuses }] of Object.entries(counts.connections)) {
    const counted = Object.entries(statuses).map(([status, count]) => `${status} ${count}`)
    console.log(`  ${connection}: ${counted.join(', ') || 'none yet'}`)
  }
  for (const { connection, key, status, code, message, target_id, attempts, stage } of entities) {
    const why = [code, message].filter((text) => text !== null).join(': ')
    console.log(`  ${connection ?? '*'}  ${key}  ${status}  ${stage}  attempts ${attempts}  ${target_id ?? ''}  ${why}`)
  }
}

export async function retryTaskCommand(values: Given<typeof tasksRetry>): Promise<void> {
  const limit = wholeOption('limit', values.limit, { usual: 100, most: 10_000 })
  const rate = wholeOption('rate', values.rate, { usual: 10, most: 100 })
  const wanted = { reason: values.reason ?? null, limit, rate, dryRun: values.dryRun }
  const by = commandUser(values.by)
  const done = await noted(by, { what: 'tasks retry', target: targetOf([values.task]) }, () =>
    onPlatform(async (operations) => {
      const task = await taskId(operations, by, values.task)
      return await withProgress('retrying', values.json, (report) => {
        const progress = (handled: number, of: number) => report(`${handled} of ${of}`)
        return retryTask(operations, by, { task, ...wanted, progress })
      })
    }),
  )
  if (values.json) return console.log(JSON.stringify(done))
  for (const { id: letter, code, message } of done.skipped) console.log(`left ${letter}: ${code}: ${message}`)
  const reader = done.read_by === null ? '' : ` by task ${done.read_by}`
  const text = `retried: ${done.retried}, read again: ${done.read_again}${reader}${done.more ? '; there may be more' : ''}`
  console.log(done.dry_run ? `would be ${text}` : text)
}

export async function cancelTaskCommand({ task, reason, by, json }: Given<typeof tasksCancel>): Promise<void> {
  if (reason === undefined || reason.trim() === '') throw new UsageError('cancel needs --reason')
  const who = commandUser(by)
  const canceled = await noted(who, { what: 'tasks cancel', target: targetOf([task]) }, () =>
    onTables(async (operations) => {
      return await cancelTask(operations, who, { task: await taskId(operations, who, task), reason })
    }),
  )
  if (json) return console.log(JSON.stringify(plain(canceled)))
  console.log(canceled.run.ended_at === null ? `${canceled.run.id} ends within seconds` : lineOf(canceled))
}

const RUNS_LISTED = 500

/** The id of the task that begins with the text; the text itself if there is none. */
async function taskId(operations: TableDeps, by: Principal, begun: string): Promise<string> {
  return await wholeId(begun, {
    what: 'task',
    isThere: (id) => isFound(() => findRun(operations, by, id)),
    pages: () => pagesOf((after) => listRuns(operations, by, { limit: RUNS_LISTED, after })),
  })
}

function plain({ run, state, counts }: TaskStatus) {
  return {
    ...run,
    run_state: run.state,
    state,
    connections: counts.connections,
    unrouted_failed: counts.unrouted_failed,
  }
}

function lineOf({ run, state }: TaskStatus): string {
  const { id, trigger, window_from, window_to, published, unchanged, error } = run
  const window = window_to === null ? '' : `  [${window_from ?? 'the beginning'}, ${window_to})`
  const counts = `published ${published}, unchanged ${unchanged}`
  return `${id}  ${state}  ${trigger}${window}  ${counts}${error === null ? '' : `  ${error.code}: ${error.message}`}`
}

const proofTexts: Readonly<Record<ReturnType<typeof windowProof>, string>> = {
  pending: 'proven when the run ends',
  proven: 'proven, all entities that the source lists were read',
  unlisted: 'read to its end; the source gave no list to compare with',
  incomplete: 'not proven, the source lists entities that it did not return',
  broken_off: 'not proven, the run ended early',
  none: 'none, the run has no window',
}

function sweepText({ trigger, expected, read_count, gone, published, missing }: Run): string {
  const seen = `${read_count} keys at the source, about ${expected} expected`
  if (gone === null) return seen
  const done = trigger === SWEEP_PREVIEW ? 'none deleted' : `${published} deleted`
  return [seen, `${gone} gone`, done, ...missing.slice(0, MOST_SHOWN)].join('; ')
}

/** Maximum number of deleted keys shown. */
const MOST_SHOWN = 10

function proofText(run: Run): string {
  const { read_count, keys, listed, missed, read_again } = run
  const counts = [`${read_count} rows of ${keys} keys`, ...(listed === null ? [] : [`${listed} listed`])]
  const again = missed === 0 ? [] : [`${missed} missed at first, ${read_again} rows read again`]
  const moved = run.ended_at === null ? [] : [movedCutDate(run) ? 'the cut date moved' : 'the cut date stays']
  return [proofTexts[windowProof(run)], ...counts, ...again, ...moved].join('; ')
}
