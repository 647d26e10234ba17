import { expect, it } from 'vitest'
import { isFound, pagesOf, wholeId } from '../../../src/cli/whole-id.ts'
import { StreamError } from '../../../src/errors.ts'

const ids = ['a1f4', 'a1f9', 'b200', 'b2']

function among(all: readonly string[]) {
  let compared = 0
  return {
    compared: () => compared,
    what: 'task',
    isThere: async (id: string) => all.includes(id),
    async *pages() {
      for (const id of all) {
        compared += 1
        yield [id]
      }
    },
  }
}

it('finds the id that begins so', async () => {
  expect(await wholeId('a1f9', among(ids))).toBe('a1f9')
  expect(await wholeId('a1f', among(['a1f4', 'b200']))).toBe('a1f4')
  expect(await wholeId('b2', among(ids))).toBe('b2')
})

it('leaves what nothing begins with to who looks it up', async () => {
  expect(await wholeId('none', among(ids))).toBe('none')
})

it('names the candidates where several begin so', async () => {
  const refused = wholeId('a1', among(ids))
  await expect(refused).rejects.toMatchObject({
    code: 'request_invalid',
    message: 'several tasks begin with "a1": a1f4, a1f9',
  })
  const many = among(Array.from({ length: 50 }, (_, index) => `x${index}`))
  await expect(wholeId('x', many)).rejects.toThrow(/x0, x1, .*x9, and more$/)
  expect(many.compared()).toBe(11)
})

it('goes through all pages of a list', async () => {
  const lists = new Map<string | null, { items: { id: string }[]; next: string | null }>([
    [null, { items: [{ id: 'a' }, { id: 'b' }], next: 'b' }],
    ['b', { items: [{ id: 'c' }], next: null }],
  ])
  const pages: (readonly string[])[] = []
  for await (const page of pagesOf(async (after) => lists.get(after) ?? { items: [], next: null })) pages.push(page)
  expect(pages).toEqual([['a', 'b'], ['c']])
})

it('takes not_found for an answer, and nothing else', async () => {
  const failing = (code: 'not_found' | 'table_unavailable') => () => Promise.reject(new StreamError(code, 'no'))
  expect(await isFound(async () => 1)).toBe(true)
  expect(await isFound(failing('not_found'))).toBe(false)
  await expect(isFound(failing('table_unavailable'))).rejects.toMatchObject({ code: 'table_unavailable' })
})
