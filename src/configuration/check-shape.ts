import type { TSchema } from 'typebox'
import { Settings } from 'typebox/system'
import { Errors } from 'typebox/value'
import type { FieldPath, Mistake, YamlDocument } from './yaml-documents.ts'

// The validator stops at 8 errors by itself; all mistakes are to be told at once.
Settings.Set({ maxErrors: 1000 })

interface ShapeError {
  readonly keyword: string
  readonly path: FieldPath
  readonly params: Readonly<Record<string, unknown>>
}

/** What of the document is not as the schema says; each message says what is allowed there. Values are never repeated. */
export function checkShape(schema: TSchema, document: YamlDocument): Mistake[] {
  const errors: ShapeError[] = Errors(schema, document.value).map(({ keyword, instancePath, params }) => ({
    keyword,
    path: pathOf(instancePath, document.value),
    params: { ...params },
  }))
  return errors.flatMap((error) => mistakesOf(error, errors, schema, document))
}

function mistakesOf(error: ShapeError, all: readonly ShapeError[], schema: TSchema, document: YamlDocument): Mistake[] {
  const names = (list: unknown) => (Array.isArray(list) ? list.map(String) : [])
  switch (error.keyword) {
    case 'boolean':
      return []
    case 'additionalProperties': {
      const known = Object.keys(propertiesAt(schema, error.path)).join(', ')
      return names(error.params['additionalProperties']).map((name) =>
        document.mistake([...error.path, name], `is not known here; known are: ${known}`),
      )
    }
    case 'required':
      return names(error.params['requiredProperties']).map((name) =>
        document.mistake([...error.path, name], `is missing; expected: ${hintAt(schema, [...error.path, name])}`),
      )
    case 'enum':
      return [document.mistake(error.path, `must be one of: ${names(error.params['allowedValues']).join(', ')}`)]
    case 'anyOf':
      return [document.mistake(error.path, `is wrong; expected: ${hintAt(schema, error.path)}`)]
    default: {
      const inUnion = all.some(({ keyword, path }) => keyword === 'anyOf' && path.join('/') === error.path.join('/'))
      return inUnion ? [] : [document.mistake(error.path, `is wrong; expected: ${hintAt(schema, error.path)}`)]
    }
  }
}

/** A JSON pointer as a path, with numbers where the value is a list. */
function pathOf(pointer: string, root: unknown): FieldPath {
  let value = root
  return pointer
    .split('/')
    .slice(1)
    .map((part) => {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
      const key = Array.isArray(value) ? Number(name) : name
      value = (value as Readonly<Record<string, unknown>> | undefined | null)?.[name]
      return key
    })
}

type SchemaNode = Readonly<Record<string, unknown>>

function nodeAt(schema: TSchema, path: FieldPath): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema as unknown as SchemaNode
  for (const part of path) {
    const within: unknown =
      typeof part === 'number'
        ? node?.['items']
        : ((node?.['properties'] as SchemaNode | undefined)?.[part] ??
          Object.values((node?.['patternProperties'] as SchemaNode | undefined) ?? {})[0])
    node = within as SchemaNode | undefined
  }
  return node
}

function propertiesAt(schema: TSchema, path: FieldPath): SchemaNode {
  return (nodeAt(schema, path)?.['properties'] as SchemaNode | undefined) ?? {}
}

function hintAt(schema: TSchema, path: FieldPath): string {
  const node = nodeAt(schema, path)
  const hint = node?.['description'] ?? (node?.['const'] === undefined ? undefined : `"${node['const']}"`)
  return String(hint ?? `of type ${node?.['type'] ?? 'object'}`)
}
