import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { tableDefinitions } from '../../../src/operations/table-definitions.ts'

const FOLDER = fileURLToPath(new URL('../../../deploy/terraform/', import.meta.url))
const TERRAFORM = process.env['TERRAFORM'] ?? 'terraform'
const hasTerraform = spawnSync(TERRAFORM, ['version']).status === 0
if (!hasTerraform) console.warn('no terraform: TERRAFORM names one; the format of deploy/terraform is not checked')

interface RoleTables {
  readonly read: readonly string[]
  readonly write: readonly string[]
  readonly secrets: boolean
  readonly queues: boolean
}

const json = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'))
const roles = json('roles.json') as Readonly<Record<string, RoleTables>>
const names = tableDefinitions.map(({ name }) => name)

describe('deploy/terraform', () => {
  it('has the tables of the program, with their keys, indexes and times to live', () => {
    expect(json('tables.json')).toEqual(
      tableDefinitions.map((one) => ({ ...one, localIndexes: one.localIndexes ?? [] })),
    )
  })

  it('has a role of AWS for each role, with tables that there are, each once', () => {
    expect(Object.keys(roles)).toEqual(['producer', 'processor', 'projector', 'api'])
    for (const [role, { read, write }] of Object.entries(roles)) {
      const all = [...read, ...write]
      expect(
        all.filter((name) => !names.includes(name)),
        role,
      ).toEqual([])
      expect(new Set(all).size, role).toBe(all.length)
    }
    const used = new Set(Object.values(roles).flatMap(({ read, write }) => [...read, ...write]))
    expect(names.filter((name) => !used.has(name))).toEqual([])
  })

  it('lets nobody make or delete tables, and nobody do everything', () => {
    const iam = readFileSync(join(FOLDER, 'iam.tf'), 'utf8')
    expect(iam).not.toMatch(/"dynamodb:(CreateTable|DeleteTable|UpdateTable|\*)"|actions\s*=\s*\["\*"\]/)
  })

  it('declares every variable that it uses, and describes it', () => {
    const text = readdirSync(FOLDER)
      .filter((file) => file.endsWith('.tf'))
      .map((file) => readFileSync(join(FOLDER, file), 'utf8'))
      .join('\n')
    const declared = [...text.matchAll(/^variable "(\w+)" \{\n\s+description = "/gm)].map(([, name]) => name)
    const used = new Set([...text.matchAll(/\bvar\.(\w+)/g)].map(([, name]) => name))
    expect([...used].toSorted()).toEqual(declared.toSorted())
  })

  it.skipIf(!hasTerraform)('is formatted as terraform fmt does it', () => {
    const { status, stdout } = spawnSync(TERRAFORM, ['fmt', '-check', '-diff', '-recursive', FOLDER], {
      encoding: 'utf8',
    })
    expect(status, stdout).toBe(0)
  })
})
