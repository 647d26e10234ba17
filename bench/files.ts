import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { alternate, figures, speedRatio } from './alternate.ts'
import { seeded } from './data/seeded.ts'
import type { Measured } from './meter.ts'
import { runWorker } from './run-worker.ts'

export const FOLDER = 'stock'
export const FILE = 'stock.csv'

export interface FilesRun {
  readonly side: 'reader' | 'parser'
  readonly root: string
}

const SEED = 42
const ROWS_AT_ONCE = 1_000

/** How fast a large stock file is read, beside a bare loop of csv-parse, and the memory that each needs; without servers. */
export async function measureFiles(rows: number, rounds: number, profile?: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'waldstream-bench-files-'))
  try {
    await mkdir(join(root, FOLDER))
    await pipeline(Readable.from(stock(rows)), createWriteStream(join(root, FOLDER, FILE)))
    const sides = ['reader', 'parser'] as const
    const contenders = sides.map((name) => ({ name, run: () => runOnce({ side: name, root }, rows, profile) }))
    const runs = await alternate(contenders, rounds, (line) => console.error(line))
    const [ours, theirs] = [runs.get('reader') ?? [], runs.get('parser') ?? []]
    const lines = [`${rows.toLocaleString('en-US')} rows    rows/s  CPU s  most RSS MB`]
    for (const [name, all] of runs) {
      const { eventsPerSecond, cpuSeconds, rssMb } = figures(all)
      lines.push(
        `${name.padEnd(12)}${String(eventsPerSecond).padStart(10)}${cpuSeconds.toFixed(1).padStart(7)}${String(rssMb).padStart(13)}`,
      )
    }
    return [...lines, `reader beside parser: ${speedRatio(ours, theirs).toFixed(2)}`].join('\n')
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

async function runOnce(run: FilesRun, rows: number, profile: string | undefined): Promise<Measured> {
  let measured: Measured | undefined
  await runWorker('files-worker.ts', run, {
    env: process.env,
    signal: new AbortController().signal,
    ...(run.side === 'reader' ? { profile } : {}),
    onMessage: (message) => {
      measured = message as Measured
    },
  })
  if (measured?.events !== rows) throw new Error(`the ${run.side} read ${measured?.events} of ${rows} rows`)
  return measured
}

/** As a warehouse exports it: more columns than are needed. */
function* stock(rows: number): Generator<string> {
  const random = seeded(SEED)
  yield 'sku,name,warehouse,quantity,updated\n'
  for (let from = 0; from < rows; from += ROWS_AT_ONCE) {
    const some = Array.from({ length: Math.min(ROWS_AT_ONCE, rows - from) }, (_, index) => {
      const number = from + index
      return `WLD-${String(number).padStart(9, '0')},Trail jacket ${number % 977},MAIN,${random.below(10_000)},2026-11-30\n`
    })
    yield some.join('')
  }
}
