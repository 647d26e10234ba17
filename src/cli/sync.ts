import { requestRun, type Sweep } from '../operations/sync.ts'
import { systemClock } from '../platform/system-clock.ts'
import { commandUser, readArguments, timeOption, wholeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { UsageError } from './usage-error.ts'
import { waitForTask } from './wait-for-task.ts'

const USAGE = `waldstream sync <read> [--from ISO-8601 | --queue-url URL | --sweep [--preview | --accept-deletions]] [--reason TEXT]
                [--wait [--timeout SECONDS]] [--json]

  Requests a run of a read, for example shop.orders.all. --from reads again from a date; the cut date stays.
  --queue-url drains that queue, which has to be at the address of the read's system; it is deleted when it is empty
  and a connection that subscribes to the read has deleteDrainedQueues.
  --sweep looks for what is gone at the source and publishes its deletion; when more than the read's sweep.mostGone is
  gone it fails and deletes nothing, and --accept-deletions takes it all the same. With --preview it deletes nothing:
  "waldstream tasks show" says then what is gone.
  --wait waits until what became of every entity is known, 600 seconds at most or as --timeout says; exit code 1 where it
  failed, or took longer.`

const USUAL_WAIT_S = 600
const LONGEST_WAIT_S = 86_400

export async function syncCommand(args: readonly string[]): Promise<void> {
  const options = {
    from: { type: 'string' },
    'queue-url': { type: 'string' },
    reason: { type: 'string' },
    sweep: { type: 'boolean', default: false },
    preview: { type: 'boolean', default: false },
    'accept-deletions': { type: 'boolean', default: false },
    wait: { type: 'boolean', default: false },
    timeout: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [read, ...more] = positionals
  if (read === undefined || more.length > 0) throw new UsageError('sync takes one read', USAGE)
  const from = timeOption('from', values.from, USAGE)
  const accept = values['accept-deletions']
  if (accept && !values.sweep) throw new UsageError('--accept-deletions goes with --sweep', USAGE)
  if (values.preview && !values.sweep) throw new UsageError('--preview goes with --sweep', USAGE)
  if (values.preview && accept) throw new UsageError('--preview deletes nothing: leave out --accept-deletions', USAGE)
  const ways = [values.from, values['queue-url'], values.sweep || undefined].filter((way) => way !== undefined)
  if (ways.length > 1) throw new UsageError('--from, --queue-url and --sweep can not be given together', USAGE)
  const sweep: Sweep | null = values.sweep ? (values.preview ? 'preview' : accept ? 'accept' : 'check') : null
  const wanted = { read, from, queueUrl: values['queue-url'] ?? null, reason: values.reason ?? null, sweep }
  if (values.timeout !== undefined && !values.wait) throw new UsageError('--timeout goes with --wait', USAGE)
  const limit = { usual: USUAL_WAIT_S, most: LONGEST_WAIT_S }
  const timeoutMs = wholeOption('timeout', values.timeout, limit, USAGE) * 1000
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
  console.log(values.json ? JSON.stringify({ task: waited?.task.run.id ?? task, state }) : `${task}  ${state}`)
  if (state !== 'completed') process.exitCode = 1
  if (waited?.ended !== true) {
    console.error(
      `it is not at its end after ${timeoutMs / 1000} s; "waldstream tasks show ${task}" says how far it is`,
    )
  }
}
