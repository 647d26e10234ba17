import { readFile } from 'node:fs/promises'
import { Ajv } from 'ajv'
import { describe, expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { editorSchema } from '../../../src/configuration/editor-schema.ts'
import { templateSchemas } from '../../../src/configuration/vendor-templates/template-schemas.ts'
import { systemTypes } from '../../../src/systems/systems.ts'

const file = (path: string) => readFile(new URL(`../../../${path}`, import.meta.url), 'utf8')
const accepts = new Ajv({ strict: false, allErrors: true }).compile(
  JSON.parse(await file('config/schema/waldstream.schema.json')),
)

const sap = `
kind: system
id: sap
type: sap-b1
address: https://sap.example:50000
secrets: { username: env:A, password: env:B }
settings: { companyDb: SBO, vatGroup: S1, freightExpenseCode: 1, currencies: { USD: $ } }
reads:
  - { entity: inventory, filter: { itemGroups: [100, 101], warehouses: "01" } }
`

describe('the schema for editors', () => {
  it('is the one the definitions give (npm run generate makes it)', async () => {
    expect(JSON.parse(await file('config/schema/waldstream.schema.json'))).toEqual(
      JSON.parse(JSON.stringify(editorSchema(systemTypes, templateSchemas))),
    )
  })

  it('accepts the configurations of the demos', async () => {
    for (const folder of ['config/demo', 'config/demo-all']) {
      for (const name of ['systems', 'connections', 'product-metadata']) {
        for (const document of [parseAllDocuments(await file(`${folder}/${name}.yaml`))].flat()) {
          expect(accepts(document.toJS()), `${folder}/${name}: ${JSON.stringify(accepts.errors)}`).toBe(true)
        }
      }
    }
    expect(accepts(parse(sap)), JSON.stringify(accepts.errors)).toBe(true)
  })

  it.each([
    ['an unknown type', 'type: sap-b1', 'type: sap'],
    ['an unknown setting', 'vatGroup', 'vatGroop'],
    ['a setting that is missing', 'companyDb: SBO, ', ''],
    ['a value of another type', 'freightExpenseCode: 1', 'freightExpenseCode: one'],
    ['an unknown secret', 'password: env:B', 'password: env:B, token: env:C'],
    ['half of the secrets', ', password: env:B', ''],
    ['a secret itself', 'env:B', 'hunter2'],
    ['an entity that is not read from it', 'entity: inventory', 'entity: orders'],
    ['an unknown key of the filter', 'warehouses', 'warehouse'],
    ['an unknown field', 'address:', 'zonne: UTC\naddress:'],
    ['an unknown kind', 'kind: system', 'kind: sistem'],
  ])('refuses %s', (_what, from, to) => {
    expect(sap).toContain(from)
    expect(accepts(parse(sap.replace(from, to)))).toBe(false)
  })

  it('describes each setting, with what it must be and its default', () => {
    const schema = JSON.stringify(editorSchema(systemTypes))
    for (const { settings } of systemTypes.values()) {
      for (const { description } of Object.values(settings))
        expect(schema).toContain(JSON.stringify(description).slice(1, -1))
    }
  })
})
