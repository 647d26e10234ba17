import { beforeAll, describe, expect, it } from 'vitest'
import type { Condition, Item, TableDefinition, Tables } from '../../src/platform/dynamodb/tables.ts'

/** Tables that the contract uses. */
export const contractTables: readonly TableDefinition[] = [
  { name: 'contract_plain', partitionKey: 'id' },
  {
    name: 'contract_sorted',
    partitionKey: 'pk',
    sortKey: 'sk',
    localIndexes: [{ name: 'by-position', sortKey: 'position' }],
  },
]

/** What every implementation of the port to tables does. `factory` answers tables with `contractTables` made. */
export function testTables(factory: () => Tables | Promise<Tables>): void {
  describe('tables', () => {
    let tables: Tables
    let next = 0
    beforeAll(async () => {
      tables = await factory()
    })
    const fresh = () => `id-${process.pid}-${Date.now()}-${next++}`

    it('gives back what was put, without attributes that have no value', async () => {
      const item = { id: fresh(), text: 'ü', number: 1.5, yes: true, none: null, list: [1, { a: 'b' }], map: { a: {} } }
      expect(await tables.put('contract_plain', { ...item, absent: undefined, map: { a: {}, b: undefined } })).toBe(
        true,
      )
      expect(await tables.get('contract_plain', { id: item.id })).toEqual(item)
      expect(await tables.get('contract_plain', { id: item.id })).not.toHaveProperty('absent')
      expect(await tables.get('contract_plain', { id: fresh() })).toBeUndefined()
    })

    it('finds nothing under a key that no item can have, and writes nothing there', async () => {
      const [pk, long, longer] = [fresh(), 'ü'.repeat(513), 'x'.repeat(2049)]
      await tables.put('contract_sorted', { pk, sk: 'a', position: '1' })
      for (const key of [
        { pk: '', sk: 'a' },
        { pk, sk: '' },
        { pk, sk: long },
        { pk: longer, sk: 'a' },
      ]) {
        expect(await tables.get('contract_sorted', key)).toBeUndefined()
        expect(await tables.getMany('contract_sorted', [key, { pk, sk: 'a' }])).toHaveLength(1)
        expect(await tables.delete('contract_sorted', key)).toBe(true)
        expect(await tables.delete('contract_sorted', key, { present: 'pk' })).toBe(false)
        expect(await tables.query('contract_sorted', { partition: key.pk, beginsWith: key.sk })).toHaveLength(
          key.sk === '' ? 1 : 0,
        )
      }
      expect(await tables.count('contract_sorted', { partition: longer })).toBe(0)
      for (const key of [
        { pk, sk: long },
        { pk: longer, sk: 'a' },
      ]) {
        const refused = { code: 'value_too_large' }
        await expect(tables.put('contract_sorted', key)).rejects.toMatchObject(refused)
        await expect(tables.putMany('contract_sorted', [key])).rejects.toMatchObject(refused)
        await expect(tables.insertMany('contract_sorted', [key])).rejects.toMatchObject(refused)
        await expect(tables.update('contract_sorted', key, { set: { a: 1 } })).rejects.toMatchObject(refused)
      }
    })

    it('keeps empty text, lists and maps', async () => {
      const item = { id: fresh(), text: '', list: [], map: {} }
      await tables.put('contract_plain', item)
      expect(await tables.get('contract_plain', { id: item.id })).toEqual(item)
    })

    it('puts under a condition only', async () => {
      const id = fresh()
      expect(await tables.put('contract_plain', { id, n: 1 }, { absent: 'id' })).toBe(true)
      expect(await tables.put('contract_plain', { id, n: 2 }, { absent: 'id' })).toBe(false)
      expect(await tables.put('contract_plain', { id, n: 3 }, { attribute: 'n', is: '<', value: 1 })).toBe(false)
      expect(await tables.put('contract_plain', { id, n: 4 }, { attribute: 'n', is: '<=', value: 1 })).toBe(true)
      expect(await tables.get('contract_plain', { id })).toEqual({ id, n: 4 })
    })

    it('joins conditions', async () => {
      const id = fresh()
      const older = { attribute: 'rank', is: '<', value: 'b' } as const
      const same = { attribute: 'rank', is: '=', value: 'b' } as const
      const before = { attribute: 'n', is: '<=', value: 5 } as const
      const condition = { anyOf: [{ absent: 'id' }, older, { allOf: [same, before] }] }
      const results: boolean[] = []
      for (const [rank, n] of [
        ['b', 5],
        ['b', 6],
        ['b', 7],
      ] as const) {
        results.push(await tables.put('contract_plain', { id, rank, n }, condition))
      }
      expect(results).toEqual([true, true, false])
    })

    it('joins a joined condition with nothing else', async () => {
      const id = fresh()
      const free = { anyOf: [{ absent: 'until' }, { attribute: 'until', is: '<=', value: 5 }] } as const
      const put = (until: number, condition: Condition) => tables.put('contract_plain', { id, until }, condition)
      expect(await put(5, { allOf: [free] })).toBe(true)
      expect(await put(6, { anyOf: [{ allOf: [free] }] })).toBe(true)
      expect(await put(7, { allOf: [{ anyOf: [free] }] })).toBe(false)
    })

    it('finds a comparison with what does not exist false, except that it differs', async () => {
      const id = fresh()
      const update = (is: '<' | '<=' | '=' | '<>' | '>=' | '>') =>
        tables.update('contract_plain', { id }, { set: { done: true } }, { attribute: 'missing', is, value: 1 })
      for (const is of ['<', '<=', '=', '>=', '>'] as const) expect(await update(is)).toBeNull()
      expect(await tables.get('contract_plain', { id })).toBeUndefined()
      expect(await update('<>')).toEqual({ id, done: true })
    })

    it('updates, making the item where it does not exist', async () => {
      const id = fresh()
      const first = { set: { map: {}, words: 'a' }, setIfAbsent: { made: 1 }, increment: { n: 2 } }
      expect(await tables.update('contract_plain', { id }, first)).toEqual({ id, map: {}, words: 'a', made: 1, n: 2 })
      const second = { set: { 'map.x': 7 }, setIfAbsent: { made: 2 }, increment: { n: -1 }, remove: ['words'] }
      expect(await tables.update('contract_plain', { id }, second)).toEqual({ id, map: { x: 7 }, made: 1, n: 1 })
      const never = { attribute: 'map.x', is: '>', value: 7 } as const
      expect(await tables.update('contract_plain', { id }, { set: { n: 9 } }, never)).toBeNull()
      expect(await tables.get('contract_plain', { id })).toEqual({ id, map: { x: 7 }, made: 1, n: 1 })
    })

    it('uses names that are reserved words', async () => {
      const id = fresh()
      const change = { set: { position: 'p', data: { name: 1 }, status: 's', 'with-dash': 1 } }
      expect(await tables.update('contract_plain', { id }, change, { absent: 'position' })).toEqual({
        id,
        ...change.set,
      })
    })

    it('adds to a set of texts, given back as a sorted list', async () => {
      const id = fresh()
      await tables.update('contract_plain', { id }, { addToSet: { tags: ['b', 'a'], none: [] } })
      const item = await tables.update('contract_plain', { id }, { addToSet: { tags: ['b', 'c'] } })
      expect(item).toEqual({ id, tags: ['a', 'b', 'c'] })
      expect(await tables.get('contract_plain', { id })).toEqual(item)
    })

    it('takes the last of items that have the same key, and gives each key once', async () => {
      const id = fresh()
      await tables.putMany('contract_plain', [
        { id, n: 1 },
        { id, n: 2 },
      ])
      expect(await tables.getMany('contract_plain', [{ id }, { id }])).toEqual([{ id, n: 2 }])
    })

    it('inserts items where there are none, and gives back those of whose keys there is one', async () => {
      const ids = Array.from({ length: 60 }, () => fresh())
      const [taken = '', other = ''] = ids
      await tables.put('contract_plain', { id: taken, n: 0 })
      const items = ids.map((id, n) => {
        return {
          id,
          n,
          "it's": [{ deep: 'x', none: null }],
          map: { x: 7, left: undefined },
          gone: undefined,
          done: true,
        }
      })
      expect(await tables.insertMany('contract_plain', items)).toEqual([items[0]])
      expect(await tables.insertMany('contract_plain', items.slice(1))).toHaveLength(59)
      expect(await tables.get('contract_plain', { id: taken })).toEqual({ id: taken, n: 0 })
      const kept = { id: other, n: 1, "it's": [{ deep: 'x', none: null }], map: { x: 7 }, done: true }
      expect(await tables.get('contract_plain', { id: other })).toEqual(kept)
      expect(await tables.insertMany('contract_plain', [])).toEqual([])
    })

    it('refuses an item over 400 KB with a code of its own', async () => {
      const large = { id: fresh(), text: 'x'.repeat(410 * 1024) }
      const refused = { code: 'value_too_large' }
      await expect(tables.put('contract_plain', large)).rejects.toMatchObject(refused)
      await expect(tables.putMany('contract_plain', [large])).rejects.toMatchObject(refused)
      await expect(tables.insertMany('contract_plain', [large])).rejects.toMatchObject(refused)
      const change = { set: { text: large.text } }
      await expect(tables.update('contract_plain', { id: large.id }, change)).rejects.toMatchObject(refused)
    })

    it('refuses a number that is not kept exactly, in an item, a change and a condition', async () => {
      const id = fresh()
      await tables.put('contract_plain', { id, revision: 1 })
      const [most, beyond] = [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1]
      const refused = { code: 'value_too_large' }
      await expect(tables.put('contract_plain', { id, deep: [{ beyond }] })).rejects.toMatchObject(refused)
      await expect(tables.putMany('contract_plain', [{ id, beyond }])).rejects.toMatchObject(refused)
      await expect(tables.insertMany('contract_plain', [{ id: fresh(), beyond }])).rejects.toMatchObject(refused)
      await expect(tables.update('contract_plain', { id }, { set: { beyond: -beyond } })).rejects.toMatchObject(refused)
      const condition: Condition = { attribute: 'revision', is: '=', value: beyond }
      await expect(tables.update('contract_plain', { id }, { set: { most } }, condition)).rejects.toMatchObject(refused)
      expect(await tables.get('contract_plain', { id })).toEqual({ id, revision: 1 })
      await tables.update('contract_plain', { id }, { set: { most } })
      expect(await tables.get('contract_plain', { id })).toEqual({ id, revision: 1, most })
    })

    it('lets one of many conditional writers win', async () => {
      const id = fresh()
      const won = await Promise.all(
        Array.from({ length: 8 }, (_, n) => tables.put('contract_plain', { id, n }, { absent: 'id' })),
      )
      expect(won.filter(Boolean)).toHaveLength(1)
      expect(await tables.get('contract_plain', { id })).toEqual({ id, n: won.indexOf(true) })
    })

    it('takes a condition with `mine` as the condition', async () => {
      const id = fresh()
      const isNew = { mine: { absent: 'id' } } as const
      const won = await Promise.all([1, 1].map((n) => tables.put('contract_plain', { id, n }, isNew)))
      expect(won.toSorted()).toEqual([false, true])
      const isFirst = { mine: { attribute: 'n', is: '=', value: 1 } } as const
      const changes = await Promise.all(
        [2, 2].map((n) => tables.update('contract_plain', { id }, { set: { n } }, isFirst)),
      )
      expect(changes.filter((item) => item !== null)).toMatchObject([{ id, n: 2 }])
      expect(await tables.delete('contract_plain', { id }, isFirst)).toBe(false)
      expect(await tables.delete('contract_plain', { id }, { mine: { present: 'id' } })).toBe(true)
      expect(await tables.delete('contract_plain', { id }, { mine: { present: 'id' } })).toBe(false)
      expect(await tables.get('contract_plain', { id })).toBeUndefined()
      expect(await tables.delete('contract_plain', { id: 'x'.repeat(2049) }, { mine: { present: 'id' } })).toBe(false)
    })

    it('deletes, also under a condition', async () => {
      const id = fresh()
      await tables.put('contract_plain', { id, n: 1 })
      expect(await tables.delete('contract_plain', { id }, { attribute: 'n', is: '=', value: 2 })).toBe(false)
      expect(await tables.delete('contract_plain', { id }, { attribute: 'n', is: '=', value: 1 })).toBe(true)
      expect(await tables.get('contract_plain', { id })).toBeUndefined()
      expect(await tables.delete('contract_plain', { id })).toBe(true)
    })

    it('takes and gives any number of items', async () => {
      const ids = Array.from({ length: 230 }, () => fresh())
      await tables.putMany(
        'contract_plain',
        ids.map((id) => ({ id, large: 'x'.repeat(100) })),
      )
      const found = await tables.getMany(
        'contract_plain',
        [...ids, fresh()].map((id) => ({ id })),
      )
      expect(found.map((item) => item['id']).toSorted()).toEqual(ids.toSorted())
      expect(await tables.getMany('contract_plain', [])).toEqual([])
      await tables.putMany('contract_plain', [])
    })

    it('scans every item once', async () => {
      const ids = Array.from({ length: 30 }, () => fresh())
      await tables.putMany(
        'contract_plain',
        ids.map((id) => ({ id })),
      )
      const seen: unknown[] = []
      for await (const page of tables.scan('contract_plain')) seen.push(...page.map((item) => item['id']))
      expect(seen.filter((id) => ids.includes(String(id))).toSorted()).toEqual(ids.toSorted())
    })

    const filled = async (): Promise<string> => {
      const pk = fresh()
      const item = (sk: string, position?: string): Item => ({ pk, sk, position })
      const items = [item('a', '5'), item('b', '4'), item('c', '3'), item('d', '2'), item('é', '1'), item('none')]
      await tables.putMany('contract_sorted', items)
      await tables.put('contract_sorted', { pk: `${pk}-other`, sk: 'a', position: '3' })
      return pk
    }
    const names = (items: readonly Item[]) => items.map((item) => item['sk']).join(' ')

    it('queries a partition in the order of its sort key, by UTF-8 bytes', async () => {
      const partition = await filled()
      const query = async (range: object) => names(await tables.query('contract_sorted', { partition, ...range }))
      expect(await query({})).toBe('a b c d none é')
      expect(await query({ after: 'b' })).toBe('c d none é')
      expect(await query({ from: 'b', limit: 2 })).toBe('b c')
      expect(await query({ to: 'b' })).toBe('a b')
      expect(await query({ before: 'b' })).toBe('a')
      expect(await query({ beginsWith: 'no' })).toBe('none')
      expect(await query({ descending: true, limit: 2 })).toBe('é none')
      expect(await tables.count('contract_sorted', { partition })).toBe(6)
      expect(await tables.count('contract_sorted', { partition: fresh() })).toBe(0)
    })

    it('queries an index, which holds only the items that have its attribute', async () => {
      const partition = await filled()
      const query = async (range: object) =>
        names(await tables.query('contract_sorted', { partition, index: 'by-position', ...range }))
      expect(await query({})).toBe('é d c b a')
      expect(await query({ after: '2', to: '4' })).toBe('c b')
      expect(await query({ after: '2', to: '4', limit: 1 })).toBe('c')
      expect(await query({ after: '2', before: '4' })).toBe('c')
      expect(await query({ from: '2', before: '4' })).toBe('d c')
      expect(await query({ from: '2', to: '4', descending: true })).toBe('b c d')
      expect(await query({ after: '1', from: '3', to: '5', before: '5' })).toBe('c b')
      expect(await query({ after: '4', to: '2' })).toBe('')
      expect(await tables.count('contract_sorted', { partition, index: 'by-position', after: '2' })).toBe(3)
    })

    it('shows a write at once, also in an index', async () => {
      const pk = fresh()
      for (let n = 11; n < 30; n += 1) {
        await tables.put('contract_sorted', { pk, sk: 'row', position: String(n) })
        const range = { partition: pk, index: 'by-position', after: String(n - 1) }
        expect(await tables.query('contract_sorted', range)).toEqual([{ pk, sk: 'row', position: String(n) }])
      }
      expect(await tables.count('contract_sorted', { partition: pk, index: 'by-position' })).toBe(1)
    })

    it('gives the attributes alone that are asked for', async () => {
      const pk = fresh()
      await tables.put('contract_sorted', { pk, sk: 'a', position: '1', status: 'x', stage: 'y', map: { a: 1 } })
      await tables.put('contract_sorted', { pk, sk: 'b', position: '2', stage: 'z' })
      const range = { partition: pk, after: '!', before: 'z', attributes: ['sk', 'status', 'stage'] }
      expect(await tables.query('contract_sorted', range)).toEqual([
        { sk: 'a', status: 'x', stage: 'y' },
        { sk: 'b', stage: 'z' },
      ])
    })

    it('queries more than one page of the store', async () => {
      const pk = fresh()
      const items = Array.from({ length: 60 }, (_, n) => ({
        pk,
        sk: String(n).padStart(3, '0'),
        large: 'x'.repeat(30_000),
      }))
      await tables.putMany('contract_sorted', items)
      const all = await tables.query('contract_sorted', { partition: pk })
      expect(all.map((item) => item['sk'])).toEqual(items.map((item) => item.sk))
      expect(await tables.count('contract_sorted', { partition: pk })).toBe(60)
      expect(await tables.query('contract_sorted', { partition: pk, limit: 50 })).toHaveLength(50)
    })

    it('says which table does not answer', async () => {
      await expect(tables.get('contract_missing', { id: 'a' })).rejects.toMatchObject({ code: 'table_unavailable' })
    })
  })
}
