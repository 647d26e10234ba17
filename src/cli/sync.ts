import { requestRun, type Sweep } from '../operations/sync.ts'
import { systemClock } from '../platform/system-clock.ts'
import { commandUser, timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { sync } from './commands/sync.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'
import { waitForTask } from './wait-for-task.ts'

const USUAL_WAIT_S = 600
const LONGEST_WAIT_S = 86_400

export async function syncCommand(values: Given<typeof sync>): Promise<void> {
  const { read } = values
  const from = timeOption('from', values.from)
  const accept = values.acceptDeletions
  if (accept && !values.sweep) throw new UsageError('--accept-deletions needs --sweep')
  if (values.preview && !values.sweep) throw new UsageError('--preview needs --sweep')
  if (values.preview && accept) throw new UsageError('--preview does not delete: leave out --accept-deletions')
  const ways = [values.from, values.queueUrl, values.sweep || undefined].filter((way) => way !== undefined)
  if (ways.length > 1) throw new UsageError('--from, --queue-url and --sweep cannot be combined')
  const sweep: Sweep | null = values.sweep ? (values.preview ? 'preview' : accept ? 'accept' : 'check') : null
  const wanted = { read, from, queueUrl: values.queueUrl ?? null, reason: values.reason ?? null, sweep }
  if (values.timeout !== undefined && !values.wait) throw new UsageError('--timeout needs --wait')
  const limit = { usual: USUAL_WAIT_S, most: LONGEST_WAIT_S }
  const timeoutMs = wholeOption('timeout', values.timeout, limit) * 1000
  const by = commandUser()
  const { task } = await noted(by, { what: 'sync', target: targetOf([read]) }, () =>
    onPlatform(async (operations, platform) => {
      await platform.createTopics([])
      return await requestRun(operations, by, wanted)
    }),
  )
  if (!values.wait) return console.log(values.json ? JSON.stringify({ task }) : `requested: task ${task}`)
  console.error(`requested: task ${task}`)
  const waiting = { clock: systemClock, timeoutMs, progress: (text: string) => console.error(text) }
  const waited = await onTables((operations) => waitForTask(operations, by, task, waiting))
  const state = waited?.task.state ?? 'due'
  const error = waited?.task.run.error ?? null
  console.log(values.json ? JSON.stringify({ task: waited?.task.run.id ?? task, state, error }) : `${task}  ${state}`)
  if (error !== null && !values.json) console.error(`${error.code}: ${error.message}`)
  if (state !== 'completed') process.exitCode = 1
  if (waited?.ended !== true) {
    console.error(
      `the task has not ended after ${timeoutMs / 1000} s; "waldstream tasks show ${task}" shows its progress`,
    )
  }
}
