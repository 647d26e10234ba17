import { expect, it } from 'vitest'
import { StreamError } from '../../../src/errors.ts'
import { insertMissing, ONE_REQUEST } from '../../../src/projections/insert-missing.ts'

interface Row {
  readonly id: number
}

const changes = Array.from({ length: 60 }, (_, id) => ({ id }))
const owned = { assertOwned: () => undefined }

/** Inserts whatever is not in `there`, and notes the parts. */
function table(there: readonly number[] = []) {
  const parts: number[][] = []
  const insert = async (rows: readonly Row[]) => {
    parts.push(rows.map(({ id }) => id))
    return rows.filter(({ id }) => there.includes(id))
  }
  return { parts, missing: { rowOf: ({ id }: Row): Row | undefined => ({ id }), insert, atOnce: ONE_REQUEST } }
}

it('leaves the changes of rows that exist, whether that was known or not', async () => {
  const { parts, missing } = table([3, 40])
  const rowOf = ({ id }: Row) => (id === 7 ? undefined : { id })
  expect(await insertMissing(changes, { ...missing, rowOf }, owned)).toEqual([{ id: 3 }, { id: 7 }, { id: 40 }])
  expect(parts.map(({ length }) => length)).toEqual([25, 25, 9])
  expect(parts.flat()).not.toContain(7)
})

it('leaves a whole part in which a row does not fit, and inserts the others', async () => {
  const { missing } = table()
  const insert = async (rows: readonly Row[]) => {
    if (rows.some(({ id }) => id === 30)) throw new StreamError('value_too_large', 'too large')
    return await missing.insert(rows)
  }
  const left = await insertMissing(changes, { ...missing, insert }, owned)
  expect(left).toEqual(changes.slice(25, 50))
})

it('fails as the table does when it is not there', async () => {
  const { missing } = table()
  const insert = async () => {
    throw new StreamError('table_unavailable', 'gone')
  }
  await expect(insertMissing(changes, { ...missing, insert }, owned)).rejects.toMatchObject({
    code: 'table_unavailable',
  })
})

it('inserts nothing more once the partition is not ours', async () => {
  const { parts, missing } = table()
  const assertOwned = () => {
    if (parts.length === 2) throw new StreamError('stopping', 'the partition was taken')
  }
  await expect(insertMissing(changes, missing, { assertOwned })).rejects.toMatchObject({ code: 'stopping' })
  expect(parts.flat()).toHaveLength(50)
})
