import { expect, it } from 'vitest'
import { timesTable } from '../../runner/times-reporter.ts'

it('tells what each project took, the longest first, and what all of it took side by side', () => {
  const table = timesTable(
    [
      { project: 'unit', files: 2, tests: 30, testsMs: 4_000, importMs: 1_500, spanMs: 3_000 },
      { project: 'crash', files: 1, tests: 1, testsMs: 70_000, importMs: 500, spanMs: 70_500 },
    ],
    80_000,
  )
  expect(table.split('\n')).toEqual([
    'project  files  tests  in tests  in imports  first to last',
    'crash        1      1    70.0 s       0.5 s         70.5 s',
    'unit         2     30     4.0 s       1.5 s          3.0 s',
    'all          3     31    74.0 s       2.0 s         80.0 s',
  ])
})
