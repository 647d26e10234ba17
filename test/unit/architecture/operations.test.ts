import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const FOLDER = fileURLToPath(new URL('../../../src/operations/', import.meta.url))

/** An exported function that is given stores or topics, with its parameters. */
const OPERATION =
  /^export (?:async )?function (\w+)\(((?:[^()]|\([^()]*\))*\b(?:Deps|TableDeps|OperationDeps)\b(?:[^()]|\([^()]*\))*)\)/gm

/** Operations of a file, and those of them that ask nobody who they are. */
function operationsIn(text: string): { readonly all: readonly string[]; readonly forgetful: readonly string[] } {
  const found = [...text.matchAll(OPERATION)].map(([, name = '', parameters = '']) => ({ name, parameters }))
  const forgetful = found.filter(({ parameters }) => !/\bby: Principal\b/.test(parameters))
  return { all: found.map(({ name }) => name), forgetful: forgetful.map(({ name }) => name) }
}

it('every operation takes a principal', () => {
  const files = readdirSync(FOLDER, { encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const found = files.map((name) => operationsIn(readFileSync(FOLDER + name, 'utf8')))
  expect(found.flatMap(({ all }) => all).length).toBeGreaterThan(40)
  expect(found.flatMap(({ forgetful }) => forgetful)).toEqual([])
})

it('an operation without a principal is found', () => {
  const planted = [
    'export async function listAll({ tables }: Pick<Deps, "tables">): Promise<void> {',
    'export async function showOne(',
    '  deps: Pick<OperationDeps, "tables">,',
    '  by: Principal,',
    '  id: string,',
    '): Promise<void> {',
  ]
  expect(operationsIn(planted.join('\n'))).toEqual({ all: ['listAll', 'showOne'], forgetful: ['listAll'] })
})
