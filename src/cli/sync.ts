import { randomUUID } from 'node:crypto'
import { configFromEnvironment } from '../config.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { SWEEP, SWEEP_ACCEPTED } from '../control/sweeps.ts'
import { readConfiguration } from '../core/read-configuration.ts'
import { StreamError } from '../errors.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openPlatform } from './platform.ts'

const USAGE = `waldstream sync <read> [--from ISO-8601 | --sweep [--accept-deletions]] [--reason TEXT] [--json]

  Requests a run of a read, for example magento.orders.all. --from reads again from a date; the cut date stays.
  --sweep looks for what is gone at the source and publishes its deletion; when more than the read's sweep.mostGone is
  gone it fails and deletes nothing, and --accept-deletions takes it all the same.`

export async function syncCommand(args: readonly string[]): Promise<void> {
  const options = {
    from: { type: 'string' },
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
  const from = values.from === undefined ? null : Date.parse(values.from)
  if (Number.isNaN(from))
    throw new UsageError(`--from must be a date like 2026-01-31T00:00:00Z, not "${values.from}"`, USAGE)
  const accept = values['accept-deletions']
  if (accept && !values.sweep) throw new UsageError('--accept-deletions goes with --sweep', USAGE)
  if (values.sweep && from !== null) throw new UsageError('--from and --sweep can not be given together', USAGE)
  const platform = await openPlatform(configFromEnvironment())
  try {
    const reads = (await readConfiguration(platform.tables)).systems.flatMap((system) => system.reads)
    const found = reads.find(({ id }) => id === read)
    if (found === undefined) {
      const known = reads.map(({ id }) => id).join(', ')
      throw new StreamError('not_found', `there is no read "${read}"; there are ${known}`)
    }
    if (values.sweep && found.entity === 'orders') {
      throw new StreamError('request_invalid', `${read}: orders are never deleted, and are not swept`)
    }
    await platform.createTopics([])
    const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
    const request = { read, requestId: randomUUID(), trigger: triggerOf(values), requestedAt: platform.clock.now() }
    const task = await requester.request({ ...request, from, reason: values.reason ?? null })
    console.log(values.json ? JSON.stringify({ task }) : `requested: task ${task}`)
  } finally {
    await platform.close()
  }
}

function triggerOf(values: { readonly sweep: boolean; readonly 'accept-deletions': boolean }): string {
  if (!values.sweep) return 'cli'
  return values['accept-deletions'] ? SWEEP_ACCEPTED : SWEEP
}
