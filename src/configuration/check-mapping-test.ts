import { fieldsOf } from '../rules/event-fields.ts'
import type { Shaped, ShapedDocuments } from './shaped-documents.ts'
import type { Mistake } from './yaml-documents.ts'

/** What a mapping test says that can't be; whether it passes is for `waldstream test` to tell. */
export function checkMappingTest(
  { value, yaml }: Shaped<'mapping-test'>,
  { connections, partial }: ShapedDocuments,
): Mistake[] {
  const mistakes: Mistake[] = []
  if (!partial.has('connection') && !connections.some((one) => one.value.id === value.connection)) {
    mistakes.push(yaml.mistake(['connection'], 'names no connection that is configured; add it or correct the id'))
  }
  const ends = [value.expect, value.expectIgnored, value.expectError].filter((end) => end !== undefined)
  if (ends.length !== 1) {
    mistakes.push(
      yaml.mistake(['expect'], 'is to be given, or expectIgnored, or expectError, but exactly one of the three'),
    )
  }
  const known = fieldsOf(value.entity)
  for (const name of Object.keys(value.input).filter((field) => !known.includes(field))) {
    mistakes.push(yaml.mistake(['input', name], `is no field of ${value.entity}; they are: ${known.join(', ')}`))
  }
  return mistakes
}
