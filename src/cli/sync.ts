import { randomUUID } from 'node:crypto'
import { configFromEnvironment } from '../config.ts'
import { checkQueueRequest } from '../configuration/check-queue-request.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { SWEEP, SWEEP_ACCEPTED } from '../control/sweeps.ts'
import { StreamError } from '../errors.ts'
import { readArguments, timeOption, UsageError } from './arguments.ts'
import { requestParts } from './control-parts.ts'
import { openPlatform } from './platform.ts'

const USAGE = `waldstream sync <read> [--from ISO-8601 | --queue-url URL | --sweep [--accept-deletions]] [--reason TEXT] [--json]

  Requests a run of a read, for example shop.orders.all. --from reads again from a date; the cut date stays.
  --queue-url drains that queue, which has to be at the address of the read's system; it is deleted when it is empty
  and a connection that subscribes to the read has deleteDrainedQueues.
  --sweep looks for what is gone at the source and publishes its deletion; when more than the read's sweep.mostGone is
  gone it fails and deletes nothing, and --accept-deletions takes it all the same.`

export async function syncCommand(args: readonly string[]): Promise<void> {
  const options = {
    from: { type: 'string' },
    'queue-url': { type: 'string' },
    reason: { type: 'string' },
    sweep: { type: 'boolean', default: false },
    'accept-deletions': { type: 'boolean', default: false },
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
  const ways = [values.from, values['queue-url'], values.sweep || undefined].filter((way) => way !== undefined)
  if (ways.length > 1) throw new UsageError('--from, --queue-url and --sweep can not be given together', USAGE)
  const platform = await openPlatform(configFromEnvironment())
  try {
    const { systems } = await readConfiguration(platform.tables)
    const reads = systems.flatMap((system) => system.reads)
    const found = reads.find(({ id }) => id === read)
    if (found === undefined) {
      const known = reads.map(({ id }) => id).join(', ')
      throw new StreamError('not_found', `there is no read "${read}"; there are ${known}`)
    }
    if (values.sweep && found.entity === 'orders') {
      throw new StreamError('request_invalid', `${read}: orders are never deleted, and are not swept`)
    }
    const type = systems.find(({ id }) => id === found.system)?.type
    if (values.sweep && platform.systemTypes.get(type ?? '')?.isQueue === true) {
      throw new StreamError('request_invalid', `${read}: a queue can't tell what its shop has, and is not swept`)
    }
    const asked = values['queue-url']
    const { resolveSecret } = requestParts(platform)
    const queueUrl =
      asked === undefined ? null : await checkQueueRequest({ ...platform, systems }, read, asked, resolveSecret)
    await platform.createTopics([])
    const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
    const request = { read, requestId: randomUUID(), trigger: triggerOf(values), requestedAt: platform.clock.now() }
    const task = await requester.request({ ...request, from, queueUrl, reason: values.reason ?? null })
    console.log(values.json ? JSON.stringify({ task }) : `requested: task ${task}`)
  } finally {
    await platform.close()
  }
}

function triggerOf(values: { readonly sweep: boolean; readonly 'accept-deletions': boolean }): string {
  if (!values.sweep) return 'cli'
  return values['accept-deletions'] ? SWEEP_ACCEPTED : SWEEP
}
