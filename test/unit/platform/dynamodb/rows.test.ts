import { beforeEach, describe, expect, it } from 'vitest'
import {
  byName,
  flag,
  list,
  map,
  number,
  oneOf,
  or,
  orNull,
  type Rows,
  rowsOf,
  rowType,
  text,
} from '../../../../src/platform/dynamodb/rows.ts'
import type { Tables } from '../../../../src/platform/dynamodb/tables.ts'
import { logUnreadableRows } from '../../../../src/platform/dynamodb/unreadable-rows.ts'
import { memoryTables } from '../../../memory/tables.ts'

interface Pet {
  readonly owner: string
  readonly name: string
  readonly kind: 'cat' | 'dog'
  readonly age: number
  readonly tame: boolean
  readonly chip: string | null
  readonly visits: readonly { readonly at: string; readonly by: string | null }[]
  readonly weights: Readonly<Record<string, number>>
}

const pets = rowType<Pet>('pets', ['owner', 'name'], {
  owner: text,
  name: text,
  kind: oneOf('cat', 'dog'),
  age: number,
  tame: or(flag, true),
  chip: orNull(text),
  visits: or(list(map({ at: text, by: orNull(text) })), []),
  weights: or(byName(number), {}),
})

const felix: Pet = {
  owner: 'ann',
  name: 'Felix',
  kind: 'cat',
  age: 3,
  tame: false,
  chip: 'c-1',
  visits: [{ at: '2026-01-31', by: 'vet' }],
  weights: { may: 4 },
}

describe('a row', () => {
  it('is read as its type says, without attributes that are not declared', () => {
    expect(pets.decode({ ...felix, pk: 'x' })).toEqual(felix)
  })

  it('of an earlier version has what is said to be missing', () => {
    const { owner, name, kind, age } = felix
    const older = { owner, name, kind, age, tame: true, chip: null, visits: [], weights: {} }
    expect(pets.decode({ owner, name, kind, age })).toEqual(older)
    const visits = [{ at: '2026-01-31' }]
    expect(pets.decode({ owner, name, kind, age, visits }).visits).toEqual([{ at: '2026-01-31', by: null }])
  })

  it.each([
    ['age', undefined, 'lacks age, which must be a number'],
    ['age', '3', 'has a value in age that is not a number'],
    ['kind', 'cow', 'has a value in kind that is not one of cat, dog'],
    ['chip', 7, 'has a value in chip that is not text or null'],
    ['tame', null, 'has a value in tame that is not true or false'],
    ['visits', [{ at: 1 }], 'has a value in visits that is not a list, each a map of at, by'],
    ['weights', { may: 'four' }, 'has a value in weights that is not a map, each a number'],
  ])('with a wrong %s (%j) is refused, naming table, row and attribute', (attribute, value, message) => {
    const broken = { ...felix, [attribute]: value }
    expect(() => pets.decode(broken)).toThrow(
      expect.objectContaining({
        code: 'row_unreadable',
        field: attribute,
        message: `table pets: the row with owner "ann", name "Felix" ${message}; "waldstream doctor" names the command that removes it`,
      }),
    )
  })

  it('says nothing of its values but its key', () => {
    expect(() => pets.decode({ ...felix, age: 'secret' })).toThrow(expect.not.stringContaining('secret'))
  })
})

describe('a table of typed rows', () => {
  let tables: Tables
  let rows: Rows<Pet>
  beforeEach(() => {
    tables = memoryTables([{ name: 'pets', partitionKey: 'owner', sortKey: 'name' }])
    rows = rowsOf(tables, pets)
  })
  const key = { owner: 'ann', name: 'Felix' }

  it('gives back what was written', async () => {
    expect(await rows.put(felix, { absent: 'owner' })).toBe(true)
    expect(await rows.put(felix, { absent: 'owner' })).toBe(false)
    expect(await rows.get(key)).toEqual(felix)
    expect(await rows.getMany([key, { owner: 'ann', name: 'Rex' }])).toEqual([felix])
    expect(await rows.query({ partition: 'ann' })).toEqual([felix])
    expect((await Array.fromAsync(rows.scan())).flat()).toEqual([felix])
  })

  it('leaves a row that can not be read out of lists, fills their pages up for it, and names it once', async () => {
    const names = ['A', 'B', 'C', 'D', 'E']
    await rows.putMany(names.map((name) => ({ ...felix, name })))
    for (const name of ['A', 'C']) await tables.put('pets', { owner: 'ann', name })
    const logged: string[] = []
    const end = logUnreadableRows({ error: (_: unknown, text: string) => logged.push(text) } as never)
    const listed = async (range: object) =>
      (await rows.query({ partition: 'ann', ...range })).map(({ name }) => name).join('')
    expect(await listed({})).toBe('BDE')
    expect(await listed({ limit: 2 })).toBe('BD')
    expect(await listed({ limit: 3, descending: true })).toBe('EDB')
    expect(await listed({ limit: 2, after: 'B' })).toBe('DE')
    expect((await Array.fromAsync(rows.scan())).flat()).toHaveLength(3)
    expect(await rows.listMany(names.map((name) => ({ owner: 'ann', name })))).toHaveLength(3)
    end()
    await rows.query({ partition: 'ann' })
    expect(logged.map((text) => /name "(.)"/.exec(text)?.[1])).toEqual(['A', 'C'])
    const broken = { code: 'row_unreadable' }
    await expect(rows.get({ owner: 'ann', name: 'A' })).rejects.toMatchObject(broken)
    await expect(rows.getMany([{ owner: 'ann', name: 'A' }])).rejects.toMatchObject(broken)
    await expect(rows.queryWhole({ partition: 'ann' })).rejects.toMatchObject(broken)
  })

  it('changes and deletes by condition', async () => {
    await rows.putMany([felix])
    expect(await rows.update(key, { set: { age: 4 } }, { attribute: 'age', is: '=', value: 9 })).toBe(false)
    expect(await rows.update(key, { set: { chip: undefined }, increment: { age: 1 } })).toBe(true)
    expect(await rows.get(key)).toEqual({ ...felix, age: 4, chip: null })
    expect(await rows.delete(key, { present: 'name' })).toBe(true)
    expect(await rows.get(key)).toBeUndefined()
  })

  it('asks for the attributes of its type alone, where they are few', async () => {
    await rows.putMany([felix])
    const names = rowType<Pick<Pet, 'name'>>('pets', ['name'], { name: text })
    expect(await rowsOf(tables, names).queryParts({ partition: 'ann' })).toEqual([{ name: 'Felix' }])
  })

  it('does not compile with an attribute that is misspelt', () => {
    const misspelt = () => [
      // @ts-expect-error: agee
      rows.update(key, { set: { agee: 4 } }),
      // @ts-expect-error: chipp
      rows.update(key, { remove: ['chipp'] }),
      // @ts-expect-error: ownr
      rows.put(felix, { absent: 'ownr' }),
      // @ts-expect-error: agee
      rows.delete(key, { anyOf: [{ attribute: 'agee', is: '=', value: 1 }] }),
      // @ts-expect-error: naem
      rows.get({ owner: 'ann', naem: 'Felix' }),
      // @ts-expect-error: an attribute is left out
      rowType<Pick<Pet, 'name' | 'age'>>('pets', ['name'], { name: text }),
      // @ts-expect-error: a number is no text
      rowType<Pick<Pet, 'age'>>('pets', ['age'], { age: text }),
    ]
    expect(misspelt).toBeTypeOf('function')
  })
})
