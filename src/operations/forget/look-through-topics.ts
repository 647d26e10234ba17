import { toStreamError } from '../../errors.ts'
import { kindOf, type TopicEvents, type TopicKind } from '../../events/topics.ts'
import type { EventCodec } from '../../platform/codec.ts'
import type { EventLog, LogAdmin, LogRecord } from '../../platform/kafka/event-log.ts'
import { type SealedKind, sealedKinds } from '../../platform/persons/person-id.ts'
import { type Person, saysSomething } from './person.ts'

export interface TopicDeps {
  readonly log: Pick<EventLog, 'scan'>
  readonly admin: Pick<LogAdmin, 'ends'>
  readonly codec: EventCodec
  readonly topicPrefix: string
}

/** Result of the search of a topic. */
export interface InTopic {
  readonly topic: string
  /** Records that were read. */
  readonly records: number
  /** Records of the person whose personal data is readable. */
  readonly readable: number
  /** Records of the person that were written in clear text; the bytes stay in the topic until it is cleaned. */
  readonly in_clear: number
}

/**
 * Reads the topics (names without prefix) from beginning to end. Adds the person's records to `places`, as
 * `partition:offset` by topic; records listed there count as theirs even when their personal data is no longer
 * readable.
 */
export async function lookThroughTopics(
  deps: TopicDeps,
  person: Person,
  topics: readonly string[],
  places: Map<string, Set<string>>,
): Promise<readonly InTopic[]> {
  const found: InTopic[] = []
  for (const topic of topics) {
    const own = places.get(topic) ?? new Set<string>()
    places.set(topic, own)
    found.push(await lookThrough(deps, person, topic, own))
  }
  return found
}

async function lookThrough(deps: TopicDeps, person: Person, topic: string, own: Set<string>): Promise<InTopic> {
  const name = deps.topicPrefix + topic
  const kind = kindOf(topic)
  const says = kind === 'dead-letters' ? letterSays(deps, person) : eventSays(deps, person, kind as SealedKind)
  let [records, readable, inClear] = [0, 0, 0]
  const ends = await deps.admin.ends(name)
  const range = new Map(ends.map(({ partition, start, end }) => [partition, { from: start, to: end }]))
  await deps.log.scan(name, range, async (batch) => {
    records += batch.length
    const said = await Promise.all(batch.map(says))
    for (const [index, one] of said.entries()) {
      const record = batch[index]
      if (record === undefined) continue
      const place = `${record.partition}:${record.offset}`
      if (one === 'of others' && !own.has(place)) continue
      own.add(place)
      readable += Number(one === 'something')
      inClear += Number(hasText(record.value, person))
    }
  })
  return { topic, records, readable, in_clear: inClear }
}

/** Whether a record is of the person and contains readable personal data. */
type Says = 'something' | 'nothing' | 'of others'

function eventSays<K extends SealedKind>(deps: TopicDeps, person: Person, kind: K) {
  return async ({ value }: Pick<LogRecord, 'value'>): Promise<Says> => {
    const event = await read(deps.codec, kind, value)
    if (event === undefined || !person.owns(kind, event)) return 'of others'
    return saysSomething(kind, event) ? 'something' : 'nothing'
  }
}

/** A dead letter contains a record, or a source's raw data of an entity that could not be read. */
function letterSays(deps: TopicDeps, person: Person) {
  return async ({ value }: LogRecord): Promise<Says> => {
    const letter = await read(deps.codec, 'dead-letters', value)
    const original = letter?.originalValue ?? null
    if (letter === undefined || original === null) return 'of others'
    const kind = sealedKinds.find((one) => one === letter.topic.slice(deps.topicPrefix.length).split('.', 1)[0])
    if (letter.topic !== '')
      return kind === undefined ? 'of others' : await eventSays(deps, person, kind)({ value: original })
    const opened = deps.codec.persons === undefined ? original : await deps.codec.persons.open(original)
    return hasText(opened, person) ? 'something' : 'of others'
  }
}

/** Undefined: it cannot be decoded, and is a dead letter already. */
async function read<K extends TopicKind>(
  codec: EventCodec,
  kind: K,
  value: Buffer | null,
): Promise<TopicEvents[K] | undefined> {
  try {
    return await codec.decode(kind, value)
  } catch (thrown) {
    const error = toStreamError(thrown)
    if (error.policy === 'stop') throw error
    return undefined
  }
}

function hasText(bytes: Buffer | null, person: Person): boolean {
  const text = bytes?.toString('utf8').toLowerCase() ?? ''
  return person.texts().some((one) => text.includes(one))
}
