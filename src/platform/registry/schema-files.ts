import { readFileSync } from 'node:fs'
import { schemaFiles, type TopicKind } from '../../events/topics.ts'

const FOLDER = new URL('../../../schemas/', import.meta.url)

/** The schema of a kind as it stands in schemas/, as text; wherever the program is installed. */
export function readSchema(kind: TopicKind): string {
  return readFileSync(new URL(`${schemaFiles[kind]}.avsc`, FOLDER), 'utf8')
}

export function allKinds(): readonly TopicKind[] {
  return Object.keys(schemaFiles) as TopicKind[]
}
