/** A part of the JSON Schema of a configuration document, as far as its fields are described with it. */
export interface DocumentSchema {
  readonly title?: string
  readonly description?: string
  /** What a value must be, in words. */
  readonly $comment?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, DocumentSchema>>
  readonly patternProperties?: Readonly<Record<string, DocumentSchema>>
  readonly items?: DocumentSchema
  readonly anyOf?: readonly DocumentSchema[]
}

/** Rows of a table, a field each, parents first: path, whether it is required, what it must be, what it means. */
export function fieldRows(schema: DocumentSchema, path = ''): readonly (readonly string[])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const at = path === '' ? name : `${path}.${name}`
    const isRequired = schema.required?.includes(name) === true
    return [[`\`${at}\``, isRequired ? 'yes' : '', valueText(field), field.description ?? ''], ...rowsBelow(field, at)]
  })
}

function rowsBelow(field: DocumentSchema, path: string): readonly (readonly string[])[] {
  const forms = field.anyOf ?? [field]
  return forms.flatMap((form) => [
    ...fieldRows(form, path),
    ...(form.items === undefined ? [] : rowsBelow(form.items, `${path}[]`)),
    ...Object.values(form.patternProperties ?? {}).flatMap((value) => rowsBelow(value, `${path}.<name>`)),
  ])
}

function valueText(field: DocumentSchema): string {
  const { $comment, type, enum: values, minimum, maximum, items, patternProperties, anyOf } = field
  if ($comment !== undefined) return $comment
  if (field.const !== undefined) return `\`${String(field.const)}\``
  if (values !== undefined) return values.map((value) => `\`${String(value)}\``).join(', ')
  if (anyOf !== undefined) return [...new Set(anyOf.map(valueText))].join(', or ')
  if (type === 'array') return items === undefined ? 'a list' : `a list: ${valueText(items)}`
  if (type === 'object') return patternProperties === undefined ? 'fields' : 'names with values'
  if (type === 'boolean') return '`true` or `false`'
  if (type === 'null') return 'null'
  if (type !== 'integer' && type !== 'number') return 'a text'
  const number = type === 'integer' ? 'a whole number' : 'a number'
  return minimum === undefined || maximum === undefined ? number : `${number} from ${minimum} to ${maximum}`
}
