import { randomUUID } from 'node:crypto'
import { configFromEnvironment } from '../config.ts'
import { createSyncRequester } from '../control/request-sync.ts'
import { readConfiguration } from '../core/read-configuration.ts'
import { StreamError } from '../errors.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openPlatform } from './platform.ts'

const USAGE = `waldstream sync <read> [--from ISO-8601] [--reason TEXT] [--json]

  Requests a run of a read, for example magento.orders.all. --from reads again from a date; the cut date stays.`

export async function syncCommand(args: readonly string[]): Promise<void> {
  const options = {
    from: { type: 'string' },
    reason: { type: 'string' },
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
  const platform = await openPlatform(configFromEnvironment())
  try {
    const known = (await readConfiguration(platform.tables)).systems.flatMap((system) =>
      system.reads.map(({ id }) => id),
    )
    if (!known.includes(read))
      throw new StreamError('not_found', `there is no read "${read}"; there are ${known.join(', ')}`)
    await platform.createTopics([])
    const requester = createSyncRequester({ ...platform, topicPrefix: platform.config.topicPrefix })
    const request = { read, requestId: randomUUID(), trigger: 'cli', requestedAt: platform.clock.now() }
    const task = await requester.request({ ...request, from, reason: values.reason ?? null })
    console.log(values.json ? JSON.stringify({ task }) : `requested: task ${task}`)
  } finally {
    await platform.close()
  }
}
