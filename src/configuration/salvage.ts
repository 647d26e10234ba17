import type { TSchema } from 'typebox'
import { Errors } from 'typebox/value'

/** Each round takes away what is wrong; below it something else may be. */
const ROUNDS = 10

/** A text that is not as it should be is a text still, and can be checked on. */
const TOLERABLE = ['pattern', 'minLength', 'minimum', 'maximum', 'minItems']

/**
 * The document without the parts whose shape is wrong, so that what else is wrong in it is told at once too; undefined
 * when something that must be there is missing or of another type.
 */
export function salvage(schema: TSchema, value: unknown): unknown {
  const rest = structuredClone(value)
  for (let round = 0; round < ROUNDS; round += 1) {
    const errors = Errors(schema, rest).filter(({ keyword }) => !TOLERABLE.includes(keyword))
    if (errors.length === 0) return rest
    for (const { keyword, instancePath, params } of errors) {
      const path = instancePath.split('/').slice(1).map(unescaped)
      const unknown = (params as { readonly additionalProperties?: readonly string[] }).additionalProperties
      if (keyword === 'additionalProperties') for (const name of unknown ?? []) remove(rest, [...path, name])
      else if (keyword !== 'required') remove(rest, path)
    }
  }
  return undefined
}

const unescaped = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~')

/** An item of a list stays: what comes after it would be told at the wrong place. */
function remove(root: unknown, path: readonly string[]): void {
  let parent: unknown = root
  for (const name of path.slice(0, -1))
    parent = (parent as Readonly<Record<string, unknown>> | undefined | null)?.[name]
  const last = path.at(-1)
  if (last === undefined || typeof parent !== 'object' || parent === null || Array.isArray(parent)) return
  delete (parent as Record<string, unknown>)[last]
}
