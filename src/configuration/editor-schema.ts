import { documentSchemas } from './document-schemas.ts'
import { REFERENCE, REFERENCE_FORMS } from './reference-form.ts'
import type { Settings } from './setting.ts'
import {
  HEADER_SECRET_NAMES,
  readableEntities,
  type SystemType,
  type SystemTypes,
  WEBHOOK_SECRET,
} from './system-type.ts'

type Schema = Readonly<Record<string, unknown>>

/**
 * The JSON Schema with which editors check the YAML files: the fields of a document's kind and, for a system, of its
 * type. `validate` checks more; it also refuses everything that this schema refuses. `more`: schemas of kinds only for
 * files.
 */
export function editorSchema(systemTypes: SystemTypes, more: Schema = {}): Schema {
  const { system, ...others } = { ...documentSchemas, ...more }
  const kinds = ['system', ...Object.keys(others)]
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Waldstream configuration',
    type: 'object',
    required: ['kind'],
    properties: { kind: { enum: kinds } },
    allOf: kinds.map((kind) => whereIs('kind', kind, { $ref: `#/definitions/${kind}` })),
    definitions: { ...forEditors(others), system: systemSchemaOf(forEditors(system), systemTypes) },
  }
}

/** Makes editors show the expected value in words instead of their own message. */
function forEditors(node: unknown): Schema {
  return JSON.parse(JSON.stringify(node), (_name, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$comment' in value)) return value
    const { $comment: expected, ...rest } = value
    return { ...rest, errorMessage: `must be ${expected}` }
  }) as Schema
}

function systemSchemaOf(base: Schema, systemTypes: SystemTypes): Schema {
  const types = [...systemTypes.values()]
  const enumDescriptions = types.map(({ title }) => title)
  return {
    ...base,
    properties: {
      ...(base['properties'] as Schema),
      type: { enum: types.map(({ type }) => type), enumDescriptions, description: 'type of the system' },
    },
    allOf: types.map((type) => whereIs('type', type.type, typeSchema(type))),
  }
}

/** Additional rules for a system of this type. */
function typeSchema(type: SystemType): Schema {
  const requires = (['settings', 'secrets'] as const).filter((part) =>
    part === 'settings' ? requiredSettings(type.settings).length > 0 : type.secrets.ways.every((way) => !isEmpty(way)),
  )
  return {
    properties: {
      settings: settingsSchema(type.settings),
      secrets: secretsSchema(type),
      reads: readsSchema(type),
    },
    ...(requires.length === 0 ? {} : { required: requires }),
  }
}

function readsSchema(type: SystemType): Schema {
  const entities = readableEntities(type)
  if (entities.length === 0) return { maxItems: 0 }
  const filters = Object.entries(type.reads).map(([entity, { filter }]) =>
    whereIs('entity', entity, filter === null ? {} : { properties: { filter: settingsSchema(filter) } }),
  )
  return { items: { properties: { entity: { enum: entities } }, ...(filters.length === 0 ? {} : { allOf: filters }) } }
}

const isEmpty = (way: object) => Object.keys(way).length === 0

function requiredSettings(settings: Settings): readonly string[] {
  return Object.keys(settings).filter((name) => settings[name]?.required === true)
}

function settingsSchema(settings: Settings): Schema {
  const properties = Object.entries(settings).map(([name, { schema, description, expected, defaultText }]) => {
    const usual = defaultText === null ? '' : `; default: ${defaultText}`
    return [name, { ...schema, description: `${description}: ${expected}${usual}` }] as const
  })
  const required = requiredSettings(settings)
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    additionalProperties: false,
    ...(required.length === 0 ? {} : { required }),
  }
}

function secretsSchema({ secrets: { ways, optional = {}, headers } }: SystemType): Schema {
  const known = {
    ...Object.assign({}, ...ways),
    ...optional,
    [WEBHOOK_SECRET]: 'key that its webhooks are signed with',
  }
  const reference = (description: string) => {
    return {
      type: 'string',
      pattern: REFERENCE,
      description,
      errorMessage: `must be a reference ${REFERENCE_FORMS}`,
    }
  }
  return {
    type: 'object',
    properties: Object.fromEntries(
      Object.entries<string>(known).map(([name, description]) => [name, reference(description)]),
    ),
    ...(headers === true ? { patternProperties: { [HEADER_SECRET_NAMES]: reference('header of every request') } } : {}),
    additionalProperties: false,
    anyOf: ways.map((way) => ({ required: Object.keys(way) })),
  }
}

function whereIs(name: string, value: string, then: Schema): Schema {
  return { if: { properties: { [name]: { const: value } }, required: [name] }, then }
}
