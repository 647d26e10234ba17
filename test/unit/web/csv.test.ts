import { expect, it } from 'vitest'
import { csvText } from '../../../web/src/csv.ts'

const table = { columns: ['a', 'b'], cellsOf: (row: readonly (string | number | null)[]) => row }

it('quotes what would break a row, and leaves out what is not there', () => {
  expect(
    csvText(
      [
        ['x, "y"', null],
        ['two\nlines', 3],
      ],
      table,
    ),
  ).toBe('a,b\r\n"x, ""y""",\r\n"two\nlines",3\r\n')
})

it('marks what a spreadsheet would run as text; amounts stay numbers', () => {
  const rows = [
    ['=HYPERLINK("http://x")', '+1'],
    ['@SUM(A1)', '-2'],
    ['-1+1', '-45.99'],
    ['\tx', -3],
  ]
  expect(csvText(rows, table)).toBe(
    `a,b\r\n"'=HYPERLINK(""http://x"")",'+1\r\n'@SUM(A1),-2\r\n'-1+1,-45.99\r\n'\tx,-3\r\n`,
  )
})
