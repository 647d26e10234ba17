import { describe, expect, it } from 'vitest'
import type { Place, Visit } from '../../src/systems/files/place.ts'

/**
 * What every place for files has to do. `open` makes an empty one, which ends with the test. A place without folders
 * has none that could be missing.
 */
export function testPlace(
  name: string,
  open: () => Promise<Place>,
  { skipped = null, hasFolders = true }: { readonly skipped?: string | null; readonly hasFolders?: boolean } = {},
): void {
  const never = new AbortController().signal
  const at = async <T>(work: (visit: Visit) => Promise<T>): Promise<T> => await (await open()).visit(work, never)
  const text = async (visit: Visit, path: string) => Buffer.concat(await Array.fromAsync(visit.read(path))).toString()

  describe.skipIf(skipped !== null)(skipped === null ? name : `${name} (${skipped})`, () => {
    it('lists files of a folder with size and time, and not its subfolders', async () => {
      await at(async (visit) => {
        await visit.write('in/stock.csv', Buffer.from('sku,qty\n'))
        await visit.write('in/deeper/other.csv', Buffer.from('x'))
        const before = Date.now()
        const [file, ...others] = await visit.list('in')
        expect(others).toEqual([])
        expect(file).toMatchObject({ name: 'stock.csv', bytes: 8 })
        expect(Math.abs((file?.modifiedAt ?? 0) - before)).toBeLessThan(3_600_000)
        expect(await visit.find('in/stock.csv')).toEqual(file)
      })
    })

    it('reads back what was written, as bytes, in pieces', async () => {
      await at(async (visit) => {
        const content = Buffer.alloc(300_000, 'ä€x')
        await visit.write('big.csv', content)
        const chunks = await Array.fromAsync(visit.read('big.csv'))
        expect(Buffer.concat(chunks).equals(content)).toBe(true)
        expect(chunks.length).toBeGreaterThan(1)
        await visit.write('big.csv', Buffer.from('short'))
        expect(await text(visit, 'big.csv')).toBe('short')
      })
    })

    it('moves in one step, creates the folder, and never overwrites', async () => {
      await at(async (visit) => {
        await visit.write('a.csv', Buffer.from('a'))
        await visit.write('b.csv', Buffer.from('b'))
        await visit.move('a.csv', 'done/2026/a.csv')
        expect(await visit.find('a.csv')).toBeNull()
        expect(await text(visit, 'done/2026/a.csv')).toBe('a')
        await expect(visit.move('b.csv', 'done/2026/a.csv')).rejects.toMatchObject({ code: 'target_conflict' })
        expect(await text(visit, 'done/2026/a.csv')).toBe('a')
        expect(await text(visit, 'b.csv')).toBe('b')
      })
    })

    it('creates a folder that others create at the same time', async () => {
      const place = await open()
      const names = ['a.csv', 'b.csv', 'c.csv', 'd.csv']
      const all = Promise.withResolvers<void>()
      let arrived = 0
      const writeWithOthers = (file: string) =>
        place.visit(async (visit) => {
          arrived += 1
          if (arrived === names.length) all.resolve()
          await all.promise
          await visit.write(`new/folder/${file}`, Buffer.from(file))
          return await text(visit, `new/folder/${file}`)
        }, never)
      expect(await Promise.all(names.map(writeWithOthers))).toEqual(names)
    })

    it('removes, also what is gone already', async () => {
      await at(async (visit) => {
        await visit.write('a.csv', Buffer.from('a'))
        await visit.remove('a.csv')
        await visit.remove('a.csv')
        await visit.remove('nowhere/a.csv')
        expect(await visit.list('')).toEqual([])
      })
    })

    it('names the file or folder that is missing', async () => {
      await at(async (visit) => {
        expect(await visit.find('nowhere/a.csv')).toBeNull()
        const missing = visit.list('nowhere')
        if (hasFolders) {
          await expect(missing).rejects.toMatchObject({
            code: 'not_found',
            message: expect.stringContaining('nowhere does not exist; create it'),
          })
        } else expect(await missing).toEqual([])
        await expect(text(visit, 'a.csv')).rejects.toMatchObject({ code: 'not_found' })
        await expect(visit.move('a.csv', 'b.csv')).rejects.toMatchObject({ code: 'not_found' })
      })
    })

    it('ends when the signal aborts', async () => {
      const place = await open()
      const stop = new AbortController()
      const waiting = place.visit(async (visit) => {
        stop.abort()
        return await visit.list('')
      }, stop.signal)
      await expect(waiting).rejects.toBeDefined()
    })
  })
}
