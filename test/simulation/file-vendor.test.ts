import { describe, expect, it } from 'vitest'
import { type FileGuard, type FileVendorResult, runFileVendor } from './file-vendor.ts'

/** `SIMULATION_FILE_WORLDS=1000` runs more. */
const WORLDS = Number(process.env['SIMULATION_FILE_WORLDS'] ?? 100)

async function worlds(count: number, guard?: FileGuard): Promise<readonly FileVendorResult[]> {
  const results: FileVendorResult[] = []
  for (let seed = 1; seed <= count; seed += 1) results.push(await runFileVendor(seed, guard))
  return results
}

/** What is done with them in the program is not done, and within how many worlds that is found. */
const guards: Readonly<Record<string, readonly [within: number, guard: FileGuard, found: RegExp]>> = {
  'the mark of a file that is sent': [
    10,
    {
      visit: (visit) => ({
        ...visit,
        write: async (path, content) => (path.endsWith('.sent') ? undefined : await visit.write(path, content)),
      }),
    },
    /sent 2 times|refused/,
  ],
  'the check for half a file': [10, { settings: { 'inventory.lastLineBreak': 'optional' } }, /never had/],
  'the check for a file that shrank': [
    10,
    { settings: { 'inventory.mostGonePercent': 100 } },
    /nobody was told|published last/,
  ],
  'the memory of the file that was read last': [
    20,
    {
      notes: (notes) => ({
        ...notes,
        find: async (ids) => new Map([...(await notes.find(ids))].filter(([id]) => !id.startsWith('files '))),
      }),
    },
    /after a newer one/,
  ],
  'the knowledge that a move takes several steps': [
    100,
    { visit: (visit) => ({ ...visit, movesInOneStep: true }) },
    /sent 2 times|refused/,
  ],
}

describe('a vendor with files', () => {
  it('gets each order once and is never wrong in stock, however its files arrive and processes end', async () => {
    const results = await worlds(WORLDS)
    expect(results.filter(({ problems }) => problems.length > 0)).toEqual([])
    const sum = (of: (result: FileVendorResult) => number) => results.reduce((total, one) => total + of(one), 0)
    expect(sum(({ kills }) => kills)).toBeGreaterThan(WORLDS * 2)
    expect(sum(({ refusedFiles }) => refusedFiles)).toBeGreaterThan(WORLDS / 2)
    expect(sum(({ published }) => published)).toBeGreaterThan(WORLDS * 10)
    expect(sum(({ orders }) => orders)).toBeGreaterThan(WORLDS * 2)
  }, 600_000)

  it('is the same each time', async () => {
    for (const seed of [1, 2, 3]) expect(await runFileVendor(seed)).toEqual(await runFileVendor(seed))
  })

  it.each(Object.entries(guards))('shows that it lacks %s', async (_, [within, guard, found]) => {
    for (let seed = 1; seed <= within; seed += 1) {
      const { problems } = await runFileVendor(seed, guard)
      const [problem] = problems.filter((one) => found.test(one))
      if (problem === undefined) continue
      return console.log(`seed ${seed}: ${problem}`)
    }
    throw new Error(`not found in ${within} worlds`)
  })
})
