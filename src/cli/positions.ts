import { configFromEnvironment } from '../config.ts'
import { readConfiguration } from '../configuration/read-configuration.ts'
import { deliveriesTo } from '../configuration/system-type.ts'
import { StreamError } from '../errors.ts'
import { topicOf } from '../events/topics.ts'
import { sinkName } from '../processors/delivery/sink-name.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openPlatform, type Platform } from './platform.ts'

const USAGE = `waldstream positions list <group> [--json]
waldstream positions set <group> --at earliest|latest [--json]

  Where the group of a sink, for example deliver-erp, goes on when the broker has forgotten its offsets. \`set\` takes
  effect for partitions the broker has no offset of; a running sink that waits for a position begins within 30 s.`

const options = {
  at: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function positionsCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, group, ...more] = positionals
  if ((action !== 'list' && action !== 'set') || group === undefined || more.length > 0) {
    throw new UsageError('positions takes list or set, and one group', USAGE)
  }
  const { at } = values
  if (action === 'set' && at !== 'earliest' && at !== 'latest') {
    throw new UsageError(`--at must be earliest or latest, not "${at ?? ''}"`, USAGE)
  }
  const platform = await openPlatform(configFromEnvironment())
  try {
    const topics = await topicsOf(platform, group)
    if (action === 'set') await setPositions(platform, group, topics, at === 'earliest')
    const rows = await listPositions(platform, group, topics)
    if (values.json) return console.log(JSON.stringify(rows))
    for (const row of rows) console.log(`${row.topic} ${row.partition}: ${row.offset ?? 'no position'}`)
  } finally {
    await platform.close()
  }
}

async function topicsOf(platform: Platform, group: string): Promise<readonly string[]> {
  const { systems } = await readConfiguration(platform.tables)
  const sinks = systems.flatMap((system) =>
    deliveriesTo(platform.systemTypes, system).map((kind) => {
      return { name: sinkName(kind, system.id), topic: topicOf(kind, system.id) }
    }),
  )
  const sink = sinks.find(({ name }) => group === name)
  if (sink === undefined) {
    const known = sinks.map(({ name }) => name).join(', ')
    throw new StreamError('not_found', `no sink has the group "${group}"; there are: ${known}`)
  }
  return [platform.config.topicPrefix + sink.topic]
}

async function setPositions(platform: Platform, group: string, topics: readonly string[], earliest: boolean) {
  for (const topic of topics) {
    for (const { partition, start, end } of await platform.admin.ends(topic)) {
      await platform.positions.set(groupId(platform, group), topic, partition, earliest ? start : end)
    }
  }
}

async function listPositions(platform: Platform, group: string, topics: readonly string[]) {
  const rows: { topic: string; partition: number; offset: string | null }[] = []
  for (const topic of topics) {
    const kept = await platform.positions.read(groupId(platform, group), topic)
    const committed = await platform.admin.committed(groupId(platform, group), topic)
    for (const [partition, offset] of committed) {
      rows.push({ topic, partition, offset: (offset ?? kept.get(partition))?.toString() ?? null })
    }
  }
  return rows
}

function groupId(platform: Platform, group: string): string {
  return `${platform.config.topicPrefix}${group}`
}
