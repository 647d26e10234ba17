import { describe, expect, it } from 'vitest'
import { parseText } from '../../../worlds/image-feed.ts'

const row = (sku: string) => `{"sku":"${sku}","url":"https://v.test/${sku}"}`

describe('JSON Lines', () => {
  it('are known by their beginning, whatever ends their lines', async () => {
    for (const end of ['\n', '\r\n', '\n\n', '\n\x1e']) {
      const rows = await parseText(['a', 'b', 'c'].map(row).join(end))
      expect(rows.map(({ sku }) => sku)).toEqual(['a', 'b', 'c'])
    }
  })

  it('have odd ones, and the others go on', async () => {
    const rows = await parseText([row('a'), '{"sku":"b', '["c"]', row('d'), row('e'), ''].join('\n'))
    expect(rows.map(({ sku, odd }) => [sku, odd])).toEqual([
      ['a', undefined],
      ['', 'line 2 is not JSON'],
      ['', 'line 3 is not an object'],
      ['d', undefined],
      ['e', undefined],
    ])
  })

  it('are refused when the last one is none, and when all are empty', async () => {
    await expect(parseText(`${row('a')}\n{"sku":"b","ur`, { format: 'jsonl' })).rejects.toThrow(
      /cut short .* its last row, line 2, is not JSON/,
    )
    await expect(parseText(' \n', { format: 'jsonl' })).rejects.toThrow(/it is empty/)
  })

  it('are named where the feed is said to be JSON, and its first line is too long to tell', async () => {
    const long = `{"sku":"a","url":"https://v.test/a","x":"${'x'.repeat(5000)}"}\n`
    await expect(parseText(long + long)).rejects.toThrow(/several JSON documents.*settings.format to jsonl/)
  })
})
