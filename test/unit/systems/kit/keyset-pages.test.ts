import { expect, it } from 'vitest'
import { type KeysetSource, keysetPages } from '../../../../src/systems/kit/keyset-pages.ts'
import type { Keyset } from '../../../../src/systems/kit/source.ts'

/** Answers what it is told, in turn, and notes what it was asked. */
function scripted(answers: readonly { readonly rows: readonly Keyset[]; readonly more: boolean }[]) {
  const asked: string[] = []
  const answer = async (what: string) => {
    asked.push(what)
    return answers[asked.length - 1] ?? { rows: [], more: false }
  }
  const source: KeysetSource<Keyset> = {
    keyOf: (row) => row,
    ties: (last) => answer(`ties of ${last.changedAt} above ${last.id}`),
    later: (last) => answer(`after ${last?.changedAt ?? 'the beginning'}`),
  }
  return { asked, read: (after: Keyset | null) => Array.fromAsync(keysetPages(source, after, () => 7)) }
}
const row = (changedAt: string, id: string): Keyset => ({ changedAt, id })

it('finishes a second before the time moves on', async () => {
  const { asked, read } = scripted([
    { rows: [row('1', '1'), row('2', '2')], more: true },
    { rows: [row('2', '3'), row('2', '4')], more: true },
    { rows: [row('2', '5')], more: false },
    { rows: [row('3', '1')], more: false },
  ])
  const pages = await read(null)
  expect(asked).toEqual(['after the beginning', 'ties of 2 above 2', 'ties of 2 above 4', 'after 2'])
  expect(pages.map(({ reached, requestedAt }) => [reached.id, requestedAt])).toEqual([
    ['2', 7],
    ['4', 7],
    ['5', 7],
    ['1', 7],
  ])
})

it('ends by the count and asks for no empty page', async () => {
  const { asked, read } = scripted([{ rows: [row('1', '1')], more: false }])
  await read(null)
  expect(asked).toEqual(['after the beginning'])
})

it('begins with the ties of where it goes on', async () => {
  const { asked, read } = scripted([])
  expect(await read(row('5', '10'))).toEqual([])
  expect(asked).toEqual(['ties of 5 above 10', 'after 5'])
})

it('takes ids as numbers, and a source that goes back as broken', async () => {
  const forward = scripted([{ rows: [row('5', '10')], more: false }])
  expect(await forward.read(row('5', '9'))).toHaveLength(1)
  const back = scripted([{ rows: [row('5', '9')], more: true }])
  await expect(back.read(row('5', '10'))).rejects.toMatchObject({ code: 'source_data_invalid' })
})

it.each([
  ['by time', [row('1', '1'), row('9', '2'), row('5', '3')]],
  ['by id within a second', [row('5', '1'), row('5', '9'), row('5', '3')]],
])('takes a part that is not sorted %s as broken: what is between its rows would be lost', async (_, rows) => {
  await expect(scripted([{ rows, more: true }]).read(null)).rejects.toMatchObject({ code: 'source_data_invalid' })
  expect(await scripted([{ rows, more: false }]).read(null)).toHaveLength(1)
})
