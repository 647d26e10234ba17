import {
  type Consumers,
  type DescribedTable,
  listConsumers,
  listRunning,
  listTables,
  listTopics,
  type ProcessState,
  showVersions,
  type TopicState,
  type Versions,
} from '../operations/system.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { system } from './commands/system.ts'
import { onPlatform } from './open-operations.ts'
import { withProgress } from './progress.ts'

export async function systemCommand({ json }: Given<typeof system>): Promise<void> {
  const by = commandUser()
  const found = await withProgress('asking brokers and tables', json, () =>
    onPlatform(async (operations) => ({
      versions: await showVersions(operations, by),
      processes: await listRunning(operations, by),
      consumers: await listConsumers(operations, by),
      topics: await listTopics(operations, by),
      tables: await listTables(operations, by),
    })),
  )
  if (json) return console.log(JSON.stringify(found))
  const { versions, processes, consumers, topics, tables } = found
  const lines = [
    versionText(versions),
    ...processes.map(processText),
    ...consumerTexts(consumers),
    ...topics.map(topicText),
    ...tables.map(tableText),
  ]
  console.log(lines.join('\n'))
}

function versionText({ product, node, kafka, brokers, schemas }: Versions): string {
  const registered = schemas.filter(({ id }) => id !== null).length
  const log = `Kafka ${kafka} (${brokers.join(', ')})`
  return `Waldstream ${product}, Node ${node}, ${log}, ${registered} of ${schemas.length} schemas registered`
}

function processText({ id, roles, version, started_at, beat_at, state }: ProcessState): string {
  return `process ${id} ${state}: ${roles.join(', ')}, version ${version}, since ${started_at}, last heartbeat ${beat_at}`
}

function consumerTexts({ groups, complete }: Consumers): readonly string[] {
  const lines = groups.map(({ group, state, members, lag, oldest_at }) => {
    const behind = lag === 0 ? 'no lag' : `lag ${lag}${oldest_at === null ? '' : `, since ${oldest_at}`}`
    return `group ${group} ${state}: ${members.length} members, ${behind}`
  })
  return complete ? lines : [...lines, '(there are more groups than were read)']
}

function topicText({ topic, partitions, replication, records, problems }: TopicState): string {
  const wrong = problems.map(({ message, fix }) => `; ${message}${fix === null ? '' : `; ${fix}`}`).join('')
  return `topic ${topic}: ${records} records, ${partitions} partitions, ${replication} replicas${wrong}`
}

function tableText({ name, status, items, bytes, billing, problem }: DescribedTable): string {
  const size = items === null || bytes === null ? 'not counted' : `${items} items, ${bytes} bytes`
  const wrong = problem === null ? '' : `; ${problem}`
  return `table ${name} ${status ?? 'missing'}: ${size}${billing === null ? '' : `, ${billing}`}${wrong}`
}
