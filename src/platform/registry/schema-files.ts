import { readFileSync } from 'node:fs'
import { type TopicKind, topics } from '../../events/topics.ts'

const FOLDER = new URL('../../../schemas/', import.meta.url)

/** The text of a kind's schema in schemas/, wherever the program is installed. */
export function readSchema(kind: TopicKind): string {
  const topic = topics.find((one) => one.kind === kind)
  if (topic === undefined) throw new Error(`${kind} has no schema`)
  return readFileSync(new URL(`${topic.schema}.avsc`, FOLDER), 'utf8')
}

export function allKinds(): readonly TopicKind[] {
  return topics.map(({ kind }) => kind)
}
