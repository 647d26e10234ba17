import { expect, it } from 'vitest'
import { editorSchema } from '../../../src/configuration/editor-schema.ts'
import { systemTypes } from '../../../src/systems/systems.ts'
import {
  controlOf,
  fieldName,
  type Schema,
  schemaFor,
  valueAt,
  withValue,
} from '../../../web/src/pages/connections/schema-fields.ts'

const whole = JSON.parse(JSON.stringify(editorSchema(systemTypes))) as Schema
const schemaOf = (kind: string, value: object) => schemaFor(whole.definitions?.[kind] ?? {}, value)

it('a system has the settings and secrets of its type', () => {
  const { settings, secrets, type } = schemaOf('system', { type: 'netsuite' }).properties ?? {}
  expect(Object.keys(settings?.properties ?? {})).toContain('account')
  expect(Object.keys(secrets?.properties ?? {})).toContain('tokenSecret')
  expect(controlOf(type ?? {})).toBe('choice')
  // YAML reads an account of digits as a number: it is written as a text.
  expect(controlOf(settings?.properties?.['account'] ?? {})).toBe('text')
  const other = schemaOf('system', { type: 'magento2' }).properties ?? {}
  expect(Object.keys(other['settings']?.properties ?? {})).not.toContain('account')
})

it('every value has its control', () => {
  const controls = (kind: string, value: object) =>
    Object.fromEntries(
      Object.entries(schemaOf(kind, value).properties ?? {}).map(([name, one]) => [name, controlOf(one)]),
    )
  expect(controls('connection', {})).toMatchObject({
    shop: 'text',
    enabled: 'switch',
    holdMinutes: 'number',
    bundles: 'choice',
    reads: 'lines',
    ownership: 'group',
    costs: 'other',
    customer: 'text',
  })
  expect(controls('system', { type: 'netsuite' })).toMatchObject({ reads: 'list', limits: 'group', settings: 'group' })
})

it('changes a value in its place and leaves the rest as it is', () => {
  const before = { a: { b: [{ c: 1 }, { c: 2 }] }, d: { e: 1 } }
  const after = withValue(before, ['a', 'b', 1, 'c'], 3) as typeof before
  expect(after).toEqual({ a: { b: [{ c: 1 }, { c: 3 }] }, d: { e: 1 } })
  expect(after.d).toBe(before.d)
  expect(withValue(before, ['a', 'b', 0], undefined)).toEqual({ a: { b: [{ c: 2 }] }, d: { e: 1 } })
  expect(withValue(before, ['a', 'b'], undefined)).toEqual({ a: {}, d: { e: 1 } })
  expect(withValue({}, ['limits', 'concurrency'], 4)).toEqual({ limits: { concurrency: 4 } })
  expect(valueAt(before, ['a', 'b', 1, 'c'])).toBe(2)
  expect(fieldName(['reads', 0, 'zone'])).toBe('reads[0].zone')
})
