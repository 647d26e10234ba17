// Public clients send queries with literals alone: an account that takes no `params` refused each of ours.
import { describe, expect, it } from 'vitest'
import { StreamError } from '../../../../src/errors.ts'
import { createQueryValues, type QueryBody, withLiterals } from '../../../../src/systems/netsuite/query-values.ts'

const refusal = new StreamError('target_rejected', 'Unknown property params.', { details: { status: 400 } })
const QUERY = 'SELECT item.id FROM item WHERE item.itemid IN (?, ?)'
const VALUES = ["O'Neill?", 'B']

/** What was asked, of an account that answers by a rule. */
function asked(answers: (body: QueryBody) => boolean) {
  const bodies: QueryBody[] = []
  const values = createQueryValues()
  const send = async (query: string, params: readonly (string | number)[]) =>
    await values.send(query, params, async (body) => {
      bodies.push(body)
      if (!answers(body)) throw refusal
      return 'rows'
    })
  return { bodies, send }
}

describe('values of a query', () => {
  it('go beside it where the account takes them so, and a query that it refuses is not asked again', async () => {
    const { bodies, send } = asked(({ q }) => q === QUERY)
    expect(await send(QUERY, VALUES)).toBe('rows')
    await expect(send('SELECT ?', ['x'])).rejects.toBe(refusal)
    expect(bodies).toEqual([
      { q: QUERY, params: VALUES },
      { q: 'SELECT ?', params: ['x'] },
    ])
  })

  it('are literals where it does not, from the first refusal on', async () => {
    const { bodies, send } = asked(({ params }) => params === undefined)
    expect(await send(QUERY, VALUES)).toBe('rows')
    expect(await send('SELECT ?', [7])).toBe('rows')
    expect(bodies.map(({ q }) => q)).toEqual([
      QUERY,
      "SELECT item.id FROM item WHERE item.itemid IN ('O''Neill?', 'B')",
      'SELECT 7',
    ])
  })

  it('are not given up for a refusal of the query itself, which is told', async () => {
    const { bodies, send } = asked(() => false)
    await expect(send(QUERY, VALUES)).rejects.toBe(refusal)
    await expect(send(QUERY, VALUES)).rejects.toBe(refusal)
    expect(bodies).toHaveLength(4)
  })

  it('leave question marks within texts alone', () => {
    expect(withLiterals("SELECT 'a?''b?' FROM item WHERE id = ?", ['1'])).toBe(
      "SELECT 'a?''b?' FROM item WHERE id = '1'",
    )
  })
})
